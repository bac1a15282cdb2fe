// SPDX-License-Identifier: Apache-2.0
// Publish a submission to Ventanilla by Kafka and wait for its outcome:
//   mvn dependency:copy-dependencies -DoutputDirectory=lib   (once: kafka-clients and jackson-databind of pom.xml)
//   java -cp 'lib/*' Publish.java EXTERNAL-ID TEXT
// Addresses come from the environment: docs/integrate.md.

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

public class Publish {
    static final String SYSTEM = "canales-digitales"; // the name by which the house knows your system
    static final String CHANNEL = "chat";
    static final String PREFIX = System.getenv().getOrDefault("KAFKA_TOPIC_PREFIX", "");
    // and security.protocol, sasl.… if the broker asks for them
    static final Map<String, Object> BROKER = Map.of("bootstrap.servers", System.getenv("KAFKA_BOOTSTRAP_SERVERS"));
    static final ObjectMapper JSON = new ObjectMapper();
    static final Duration PATIENCE = Duration.ofSeconds(30);

    public static void main(String[] arguments) throws Exception {
        String externalId = arguments[0];
        byte[] value = JSON.writeValueAsBytes(submission(externalId, arguments[1]));
        try (var told = new KafkaConsumer<>(BROKER, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = told.partitionsFor(PREFIX + "intake-outcomes").stream()
                    .map(one -> new TopicPartition(one.topic(), one.partition())).collect(Collectors.toList());
            told.assign(partitions);
            told.seekToEnd(partitions); // before we publish: what comes from here on
            partitions.forEach(told::position);
            publish(externalId, value);
            System.out.println(outcome(externalId, told));
        }
    }

    /** What a person said to you, under your own id; contracts/schemas/submission-received.v1.json says what may be in it. */
    static Map<String, Object> submission(String externalId, String text) {
        var person = Map.of("name", "Ana Prueba", "email", "ana.prueba@correo.example", "phone", "300 123 4567");
        var form = Map.of("text", text, "kind", "claim", "person", person, "data_consent", true);
        return Map.of(
                "actor", Map.of("id", SYSTEM, "role", "channel-system"),
                "channel", CHANNEL,
                "external_id", externalId,
                "personal", Map.of("form", form));
    }

    static void publish(String externalId, byte[] value) throws Exception {
        var record = new ProducerRecord<>(PREFIX + "channel-submissions", externalId, value);
        Map<String, String> headers = Map.of(
                "ce_specversion", "1.0",
                "ce_id", UUID.randomUUID().toString(),
                "ce_type", "submission-received.v1",
                "ce_source", "/" + SYSTEM,
                "ce_subject", externalId, // the same text as the key
                "ce_time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString(),
                "content-type", "application/json");
        headers.forEach((name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        try (var producer = new KafkaProducer<>(BROKER, new StringSerializer(), new ByteArraySerializer())) {
            producer.send(record).get(); // if it fails publish it again, which files it once all the same
        }
    }

    /** Type and JSON of the next outcome of this channel and external id. */
    static String outcome(String externalId, KafkaConsumer<String, byte[]> told) throws Exception {
        Instant until = Instant.now().plus(PATIENCE);
        while (Instant.now().isBefore(until)) {
            for (ConsumerRecord<String, byte[]> record : told.poll(Duration.ofMillis(500))) {
                JsonNode event = JSON.readTree(record.value());
                if (event.path("external_id").asText().equals(externalId) && event.path("channel").asText().equals(CHANNEL)) {
                    return new String(record.headers().lastHeader("ce_type").value(), StandardCharsets.UTF_8) + " " + event;
                }
            }
        }
        throw new IllegalStateException("no outcome within " + PATIENCE);
    }
}

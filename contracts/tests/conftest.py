# SPDX-License-Identifier: Apache-2.0
from hypothesis import HealthCheck, settings

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")  # on a busy machine a slow draw is no fault of what is tested

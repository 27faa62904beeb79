# Airflow with this project in it. A mirror of the base image: --build-arg AIRFLOW_IMAGE=mirror.example/apache/airflow:3.3.2-python3.11
ARG AIRFLOW_IMAGE=apache/airflow:3.3.2-python3.11
FROM ${AIRFLOW_IMAGE}

# Every package and version is in the lock, so pip need not resolve anything.
COPY requirements.txt requirements-docker.txt /opt/airflow/
RUN pip install --no-cache-dir --no-deps --disable-pip-version-check \
    --requirement requirements.txt --requirement requirements-docker.txt

# Containers cannot write: what the image has not compiled, every process compiles for itself. Parts that nothing here
# imports are left out.
RUN python -m compileall -q -j 0 -x '/(google/ads|google/cloud|ray)/' \
    "$(python -c 'import requests; print(requests.__path__[0])')/.." \
 || echo "What is listed above stays uncompiled: slower to start, and nothing else."

COPY provider /opt/airflow/provider
RUN cp -r provider /tmp/provider \
 && pip install --no-cache-dir --no-deps --disable-pip-version-check /tmp/provider \
 && rm -r /tmp/provider

# Without these two Airflow would write them at its first start, with keys of their own; a read-only system forbids it.
RUN touch airflow.cfg webserver_config.py && mkdir data dashboards

COPY dags dags
COPY plugins plugins
COPY include include

ENV PYTHONPATH=/opt/airflow/include:/opt/airflow/plugins

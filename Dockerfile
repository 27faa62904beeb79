# Airflow with this project in it. A mirror of the base image: --build-arg AIRFLOW_IMAGE=mirror.example/apache/airflow:3.3.2-python3.11
ARG AIRFLOW_IMAGE=apache/airflow:3.3.2-python3.11
FROM ${AIRFLOW_IMAGE}

# Every package and version is in the lock. uv, which comes with the image, installs in seconds what takes pip minutes.
COPY requirements.txt requirements-docker.txt /opt/airflow/
ARG UV_SYSTEM_PYTHON=1 UV_BREAK_SYSTEM_PACKAGES=1 UV_NO_CACHE=1
RUN command -v uv > /dev/null || pip install --no-cache-dir --disable-pip-version-check uv==0.13.9
RUN uv pip install --quiet --prefix "${AIRFLOW_USER_HOME_DIR}/.local" --no-deps \
    --requirement requirements.txt --requirement requirements-docker.txt

# Containers cannot write: what the image has not compiled, every process compiles for itself. Parts that nothing here
# imports are left out.
RUN python -m compileall -q -j 0 -x '/(google/ads|google/cloud|ray)/' \
    "$(python -c 'import requests; print(requests.__path__[0])')/.." \
 || echo "What is listed above stays uncompiled: slower to start, and nothing else."

COPY provider /opt/airflow/provider
RUN cp -r provider /tmp/provider \
 && uv pip install --quiet --prefix "${AIRFLOW_USER_HOME_DIR}/.local" --no-deps /tmp/provider \
 && rm -r /tmp/provider

# Without these two Airflow would write them at its first start, with keys of their own; a read-only system forbids it.
RUN touch airflow.cfg webserver_config.py && mkdir data dashboards

COPY dags dags
COPY plugins plugins
COPY include include

ENV PYTHONPATH=/opt/airflow/include:/opt/airflow/plugins

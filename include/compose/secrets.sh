#!/bin/sh
# Makes what is secret, once, and gives Airflow's user the folders that it writes to. Runs before everything else.
set -eu
airflow=50000
postgres=999 # the user of the image postgres

secret() { # NAME GROUP BYTES
  if [ ! -s "/secrets/$1" ]; then
    (umask 077 && head -c "$3" /dev/urandom | base64 -w 0 | tr '+/' '-_' >"/secrets/.$1")
    publish "$1" "$2"
  fi
}

publish() { # NAME GROUP
  chown "$airflow:$2" "/secrets/.$1"
  chmod 440 "/secrets/.$1"
  mv "/secrets/.$1" "/secrets/$1"
}

chown "$airflow:0" /secrets
chmod 711 /secrets
# A Fernet key is 32 bytes in URL-safe base64: https://cryptography.io/en/latest/fernet/
secret fernet.key 0 32
secret jwt.secret 0 48
secret api.secret 0 48
secret admin.password 0 18
secret postgres.password "$postgres" 24
# The database, for Airflow and for Celery's results.
for scheme in database.url=postgresql+psycopg2 results.url=db+postgresql+psycopg2; do
  url=${scheme%%=*}
  if [ ! -s "/secrets/$url" ]; then
    (umask 077 && printf '%s://airflow:%s@postgres/airflow' "${scheme#*=}" "$(cat /secrets/postgres.password)" >"/secrets/.$url")
    publish "$url" 0
  fi
done
rm -f /secrets/prepared
date +%s >/secrets/started_at

# The caller's group may edit and delete all that Airflow writes there, and the other way round.
group=$(stat -c %g /project)
for folder in data logs dashboards; do
  chown -hR "$airflow:$group" "/opt/airflow/$folder"
  chmod -R ug+rwX "/opt/airflow/$folder"
  find "/opt/airflow/$folder" -type d -exec chmod g+s {} +
  chmod 2775 "/opt/airflow/$folder"
done

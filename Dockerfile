# Duly's web, worker, beat and mail catcher: one image, and the Procfile says what each runs. It runs read-only as
# the user 10001; what it writes is in /tmp, /var/lib/duly/run and /var/lib/duly/uploads (docker-compose.yml).
FROM node:22-bookworm-slim AS frontend
WORKDIR /duly
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM python:3.13-slim-bookworm
ENV PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=8000 DULY_VAR=/var/lib/duly XDG_CACHE_HOME=/tmp/cache
WORKDIR /duly
RUN apt-get update -q \
    && apt-get install -qy --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation \
    && rm -rf /var/lib/apt/lists/*
COPY requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.txt
COPY . .
COPY --from=frontend /duly/node_modules ./node_modules
RUN groupadd --gid 10001 duly \
    && useradd --uid 10001 --gid 10001 --no-log-init --shell /usr/sbin/nologin --home-dir /var/lib/duly --create-home duly \
    && mkdir -p /var/lib/duly/uploads /var/lib/duly/seals /var/lib/duly/mail /var/lib/duly/run \
    && python3 script/provision.py \
    && SECRET_KEY=only-for-the-build python3 manage.py collectstatic --noinput --verbosity 0 --ignore rest_framework \
    && python3 -m compileall -q -j 0 compliance contracts obligations \
    && chown -R duly:duly /var/lib/duly
ENV PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
EXPOSE 8000
CMD ["honcho", "start", "web"]

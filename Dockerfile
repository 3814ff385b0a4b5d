# Duly's web, worker, beat and mail catcher: one image, and the Procfile says what each runs.
FROM node:22-bookworm-slim AS frontend
WORKDIR /duly
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM python:3.13-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0 PORT=8000 DULY_VAR=/var/lib/duly
WORKDIR /duly
RUN apt-get update -q \
    && apt-get install -qy --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation \
    && rm -rf /var/lib/apt/lists/*
COPY requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.txt
COPY . .
COPY --from=frontend /duly/node_modules ./node_modules
RUN useradd --system --home-dir /var/lib/duly --create-home duly \
    && mkdir -p /var/lib/duly/uploads /var/lib/duly/mail \
    && python3 script/provision.py \
    && SECRET_KEY=only-for-the-build python3 manage.py collectstatic --noinput --verbosity 0 --ignore rest_framework \
    && chown -R duly:duly /var/lib/duly
USER duly
EXPOSE 8000
CMD ["honcho", "start", "web"]

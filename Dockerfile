FROM python:3.11-slim
# Chinese letters in certificates and printed sheets.
RUN apt-get update && apt-get install -y --no-install-recommends fonts-noto-cjk && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/trivium
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt && useradd --create-home trivium && mkdir -p /data && chown trivium /data
COPY . .
RUN SECRET_KEY=only-for-the-image python manage.py words --compile
USER trivium
ENV DATA_DIR=/data PYTHONUNBUFFERED=1

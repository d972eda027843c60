# The page in a container: docker build -t pix2pix-studio . && docker run -p 7860:7860 pix2pix-studio
FROM python:3.12-slim

RUN useradd --create-home --uid 1000 studio
WORKDIR /home/studio/app

COPY requirements.txt .
# The CPU build of torch: a fifth of the size of the one with CUDA.
RUN pip install --no-cache-dir --extra-index-url https://download.pytorch.org/whl/cpu -r requirements.txt

COPY --chown=studio app.py ./
COPY --chown=studio pix2pix ./pix2pix
COPY --chown=studio checkpoints ./checkpoints

USER studio
ENV GRADIO_SERVER_NAME=0.0.0.0 PORT=7860
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s \
    CMD python -c "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['PORT'], timeout=8)"
CMD ["python", "app.py"]

# The image of step train of pipeline flow, made by ops0. Stages with the same name are the same in every
# step's file: BuildKit runs each once. Nothing here reaches a network or knows a secret.

# numpy 1.26
FROM base AS package-numpy-b40254eeca09
USER 0:0
RUN --network=none \
    --mount=type=bind,from=tools-6e2a30532da3f98a,target=/ops0-build/tools \
    --mount=type=bind,from=uv-6f6419585352c087,target=/ops0-build/uv \
    --mount=type=bind,from=package-numpy-b40254eeca09-wheels-c25d407d42c99375,target=/ops0-build/wheels \
    ["python3", "-IB", "/ops0-build/tools/install.py", "packages", "1700000000"]

# runner
FROM base AS runner-2af7374b7602
USER 0:0
RUN --network=none \
    --mount=type=bind,from=tools-6e2a30532da3f98a,target=/ops0-build/tools \
    --mount=type=bind,from=runner-da65f43b01852ae6,target=/ops0-build/runner \
    ["python3", "-IB", "/ops0-build/tools/install.py", "runner", "1700000000"]

# The image: a layer for each stage, the same blob wherever it is used, then the code. Its working folder is the base's:
# a WORKDIR here would make BuildKit unpack the whole image to look for the folder.
FROM base AS image
COPY --link --from=package-numpy-b40254eeca09 /layer/ /
COPY --link --from=runner-2af7374b7602 /layer/ /
COPY --link --from=code-train-20c22ed4e07e-6583502506a0d0a0 / /
USER 65532:65532
ENTRYPOINT ["/ops0/venv/bin/python", "-I", "-m", "ops0_runner", "/ops0/step.json"]
CMD []

# The image of step load of pipeline flow, made by ops0. Stages with the same name are the same in every
# step's file: BuildKit runs each once. Nothing here reaches a network or knows a secret.

# libgl1
FROM base AS system-f31beeb6b877
USER 0:0
RUN --network=none \
    --mount=type=bind,from=tools-6e2a30532da3f98a,target=/ops0-build/tools \
    --mount=type=bind,from=system-f31beeb6b877864d,target=/ops0-build/system \
    ["python3", "-IB", "/ops0-build/tools/install.py", "system", "1700000000"]

# numpy 1.26
FROM base AS package-numpy-b40254eeca09
USER 0:0
RUN --network=none \
    --mount=type=bind,from=tools-6e2a30532da3f98a,target=/ops0-build/tools \
    --mount=type=bind,from=uv-6f6419585352c087,target=/ops0-build/uv \
    --mount=type=bind,from=package-numpy-b40254eeca09-wheels-c25d407d42c99375,target=/ops0-build/wheels \
    ["python3", "-IB", "/ops0-build/tools/install.py", "packages", "1700000000"]

# pandas 2.2.1
FROM base AS package-pandas-edad51183ae7
USER 0:0
RUN --network=none \
    --mount=type=bind,from=tools-6e2a30532da3f98a,target=/ops0-build/tools \
    --mount=type=bind,from=uv-6f6419585352c087,target=/ops0-build/uv \
    --mount=type=bind,from=package-pandas-edad51183ae7-wheels-d0f5cb714b3142d4,target=/ops0-build/wheels \
    ["python3", "-IB", "/ops0-build/tools/install.py", "packages", "1700000000"]

# pytz 2024.1, six 1.0
FROM base AS group-2a0f22548553
USER 0:0
RUN --network=none \
    --mount=type=bind,from=tools-6e2a30532da3f98a,target=/ops0-build/tools \
    --mount=type=bind,from=uv-6f6419585352c087,target=/ops0-build/uv \
    --mount=type=bind,from=group-2a0f22548553-wheels-084bd22c6c8e48da,target=/ops0-build/wheels \
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
COPY --link --from=system-f31beeb6b877 /layer/ /
COPY --link --from=package-numpy-b40254eeca09 /layer/ /
COPY --link --from=package-pandas-edad51183ae7 /layer/ /
COPY --link --from=group-2a0f22548553 /layer/ /
COPY --link --from=runner-2af7374b7602 /layer/ /
COPY --link --from=code-load-575176a18ea9-7dcd6d9db1352c28 / /
USER 65532:65532
ENTRYPOINT ["/ops0/venv/bin/python", "-I", "-m", "ops0_runner", "/ops0/step.json"]
CMD []

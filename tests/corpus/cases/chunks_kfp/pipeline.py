"""Both tasks as containers of Kubeflow."""

from kfp import compiler, dsl, local


@dsl.container_component
def embed(given: dsl.Input[dsl.Dataset], vectors: dsl.Output[dsl.Dataset]):
    return dsl.ContainerSpec(
        image="registry.example.org/chunks", command=["python", "-m", "chunks.embedding"], args=[given.path, vectors.path]
    )


@dsl.container_component
def draw(vectors: dsl.Input[dsl.Dataset], page: dsl.Output[dsl.HTML]):
    return dsl.ContainerSpec(
        image="registry.example.org/chunks", command=["python", "-m", "chunks.drawing"], args=[vectors.path, page.path]
    )


@dsl.pipeline(name="chunks")
def chunks_pipeline(address: str = "gs://chunks/in"):
    given = dsl.importer(artifact_uri=address, artifact_class=dsl.Dataset)
    made = embed(given=given.output)
    draw(vectors=made.outputs["vectors"])


def main():
    local.init(runner=local.DockerRunner())
    compiler.Compiler().compile(chunks_pipeline, "chunks.yaml")


if __name__ == "__main__":
    main()

"""The commands by name, each in a line, and what they are for: told apart from them, so that help loads none."""

from __future__ import annotations

__all__ = ["COMMANDS", "HEADINGS"]

COMMANDS = {
    "help": "Show the help of a command, or a page of the guide.",
    "init": "Start a small pipeline project that runs.",
    "doctor": "Check this machine and show how to fix what is missing.",
    "base": "Build the base image for steps.",
    "requirements": "Show which packages a function needs, and why.",
    "plan": "Show steps, what they need, images and layers; change nothing.",
    "lock": "Lock exact package versions for all steps.",
    "build": "Build an image for each step that has changed.",
    "push": "Push the images to a registry, and check that they arrived.",
    "verify": "Check that images in a registry are signed by a key.",
    "bundle": "Pack all images into one file, to run offline.",
    "run": "Run the pipeline, in processes or as containers.",
    "deploy": "Deploy the pipeline: record its images, by digest, as the next version.",
    "invoke": "Run a deployment: its current version, or another.",
    "deployments": "List what is deployed, newest first.",
    "rollback": "Make an earlier version current again, without rebuilding.",
    "runs": "List earlier runs, newest first.",
    "logs": "Show the log of a run's calls.",
    "metrics": "Print the runs of this machine as metrics for Prometheus.",
    "report": "Write a run as one page of HTML: graph, timeline, what each step used, logs, results.",
    "inspect": "Show what is in an image: step, base, layers, packages, user.",
    "gc": "Clean up leftovers of killed runs and builds.",
}
"""A test holds each line to its command's own help."""

HEADINGS = {
    "Start": ("init", "doctor", "plan", "run", "report", "logs", "runs", "help"),
    "Images": ("requirements", "lock", "build", "inspect", "base"),
    "Ship": (
        "push",
        "verify",
        "bundle",
        "deploy",
        "invoke",
        "deployments",
        "rollback",
        "metrics",
        "gc",
    ),
}
"""What a newcomer looks for first; a test holds them to the table."""

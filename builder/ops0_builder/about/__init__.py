"""What an image is and holds, told by itself and by the plan: inventory, SBOM, provenance."""

"""Locked needs -> Plan -> BuildTree: layers, content keys, Dockerfiles, contexts, the bake document."""

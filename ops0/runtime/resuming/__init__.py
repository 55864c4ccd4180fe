"""Going on with a run that broke off."""

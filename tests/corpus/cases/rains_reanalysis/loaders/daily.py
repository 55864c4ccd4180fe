from __future__ import annotations

import xarray as xr

from loaders.base import Loader, Names


class Daily(Loader):
    @property
    def names(self) -> Names:
        return Names(rain="tp")

    def load(self, between: tuple[str, str] | None = None) -> xr.Dataset:
        ds = xr.open_mfdataset(str(self.folder / "*.nc"), chunks={"time": 1}, combine="by_coords")
        if self.mask and self.mask.exists():
            ds = xr.merge([ds, xr.open_dataset(self.mask)], compat="override")
        ds = self.renamed(ds)
        if between:
            ds = ds.sel(time=slice(*between))
        return ds

import os
import uuid

from fastapi import BackgroundTasks, FastAPI, File, HTTPException, UploadFile
from fastapi.middleware.cors import CORSMiddleware
from osgeo import gdal

from .shapes import Job
from .state import JOBS
from .work import process

app = FastAPI(title="tiles")
app.add_middleware(CORSMiddleware, allow_origins=["*"])


def is_raster(path):
    return gdal.Open(path) is not None


@app.post("/rasters", response_model=Job, status_code=202)
async def upload(tasks: BackgroundTasks, file: UploadFile = File(...)):
    job = str(uuid.uuid4())
    path = os.path.join("data", f"{job}_{file.filename}")
    with open(path, "wb") as out:
        out.write(await file.read())
    if not is_raster(path):
        os.remove(path)
        raise HTTPException(status_code=400, detail="no raster")
    JOBS[job] = {"status": "waiting"}
    tasks.add_task(process, path, job)
    return Job(id=job, status="waiting")


@app.get("/rasters/{job}", response_model=Job)
def status(job: str):
    if job not in JOBS:
        raise HTTPException(status_code=404, detail="unknown")
    return Job(id=job, status=JOBS[job]["status"])

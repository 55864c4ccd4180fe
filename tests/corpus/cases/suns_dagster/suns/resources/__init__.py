from suns.resources.parquets import HubParquets, LocalParquets, S3Parquets
from suns.resources.service import Meters, Service, Systems

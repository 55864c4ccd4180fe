import aiohttp
import geoip2.database
import maxminddb

READER = geoip2.database.Reader("GeoLite2-City.mmdb", mode=maxminddb.MODE_MMAP)


async def placed(alert):
    found = READER.city(alert["source"])
    async with aiohttp.ClientSession() as wire:
        async with wire.get(f"https://threats.example.org/{alert['source']}") as answer:
            threat = await answer.json()
    return {**alert, "country": found.country.iso_code, "threat": threat}

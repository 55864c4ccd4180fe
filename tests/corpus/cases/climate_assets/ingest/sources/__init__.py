from ingest.sources.rates import fx_rates as fx_rates
from ingest.sources.retail import invoice_lines as invoice_lines
from ingest.sources.world import co2 as co2
from ingest.sources.world import indicators as indicators

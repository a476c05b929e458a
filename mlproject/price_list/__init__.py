"""Update prices.json from AWS's Price List API."""

from mlproject.price_list.refresh import API_REGION, RefreshResult, refresh_prices
from mlproject.price_list.table import save_prices

__all__ = ["API_REGION", "RefreshResult", "refresh_prices", "save_prices"]

"""The prices of a platform, and their update from AWS's Price List API."""

from mlproject.price_list.refresh import API_REGION, RefreshResult, refresh_prices
from mlproject.price_list.table import read_prices, save_prices

__all__ = ["API_REGION", "RefreshResult", "read_prices", "refresh_prices", "save_prices"]

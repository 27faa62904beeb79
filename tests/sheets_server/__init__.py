"""A faithful Google Sheets API v4 on loopback."""

from tests.sheets_server.book import Book
from tests.sheets_server.errors import ApiError
from tests.sheets_server.faults import Fault
from tests.sheets_server.grid import Sheet
from tests.sheets_server.quota import Quota
from tests.sheets_server.server import Request, SheetsServer, running_server

__all__ = ["ApiError", "Book", "Fault", "Quota", "Request", "Sheet", "SheetsServer", "running_server"]

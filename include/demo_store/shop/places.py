"""Where buyers live: countries, cities with real postcode forms, taxes, currencies, shipping rates."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random


@dataclass(frozen=True)
class Tax:
    """A tax of a place; ``rate`` 0.21 is 21 %."""

    title: str
    rate: Decimal


@dataclass(frozen=True)
class City:
    """A city as Shopify writes it; in ``zip_form`` # stands for a digit and @ for a letter."""

    name: str
    zip_form: str
    province: str | None = None
    province_code: str | None = None
    taxes: tuple[Tax, ...] = ()


@dataclass(frozen=True)
class Country:
    """A country the shop sells to; ``share`` is its weight among new buyers, ``shipping`` is in EUR."""

    code: str
    name: str
    share: int
    cities: tuple[City, ...]
    streets: tuple[str, ...]
    shipping: Decimal
    taxes: tuple[Tax, ...] = ()
    reduced_taxes: tuple[Tax, ...] = ()
    taxes_included: bool = False
    presentment_currency: str = "EUR"
    phone_form: str | None = None
    duty_rate: Decimal = Decimal(0)

    def taxes_on(self, product_type: str | None, city: City) -> tuple[Tax, ...]:
        """Return the taxes on a product sold to ``city``; food has a reduced rate where there is one."""
        if product_type == "Tea & food" and self.reduced_taxes:
            return self.reduced_taxes
        return city.taxes or self.taxes


def _tax(title: str, rate: str) -> Tax:
    return Tax(title, Decimal(rate))


_GST = _tax("GST", "0.05")

# Phone numbers come only from ranges that regulators keep for fiction:
# https://en.wikipedia.org/wiki/Fictitious_telephone_number
COUNTRIES: tuple[Country, ...] = (
    Country(
        "NL",
        "Netherlands",
        36,
        shipping=Decimal("4.95"),
        taxes=(_tax("BTW", "0.21"),),
        reduced_taxes=(_tax("BTW", "0.09"),),
        taxes_included=True,
        cities=(
            City("Amsterdam", "101# @@"),
            City("Rotterdam", "301# @@"),
            City("Utrecht", "351# @@"),
            City("'s-Gravenhage", "251# @@"),
            City("Groningen", "971# @@"),
            City("Eindhoven", "561# @@"),
        ),
        streets=("Keizersgracht", "Dorpsstraat", "Lange Nieuwstraat", "Oudegracht", "Wilhelminalaan"),
    ),
    Country(
        "DE",
        "Germany",
        16,
        shipping=Decimal("8.95"),
        taxes=(_tax("MwSt", "0.19"),),
        reduced_taxes=(_tax("MwSt", "0.07"),),
        taxes_included=True,
        cities=(
            City("Berlin", "101##"),
            City("Hamburg", "203##"),
            City("München", "803##"),
            City("Köln", "506##"),
            City("Düsseldorf", "402##"),
        ),
        streets=("Bahnhofstraße", "Lindenallee", "Schönhauser Straße", "Am Marktplatz"),
        phone_form="+493023125###",
    ),
    Country(
        "BE",
        "Belgium",
        9,
        shipping=Decimal("8.95"),
        taxes=(_tax("BTW", "0.21"),),
        reduced_taxes=(_tax("BTW", "0.06"),),
        taxes_included=True,
        cities=(
            City("Antwerpen", "20##"),
            City("Gent", "90##"),
            City("Bruxelles", "10##"),
            City("Liège", "40##"),
        ),
        streets=("Meir", "Rue de la Loi", "Korenmarkt", "Steenweg"),
    ),
    Country(
        "FR",
        "France",
        8,
        shipping=Decimal("8.95"),
        taxes=(_tax("TVA", "0.20"),),
        reduced_taxes=(_tax("TVA", "0.055"),),
        taxes_included=True,
        cities=(
            City("Paris", "750##"),
            City("Lyon", "690##"),
            City("Marseille", "130##"),
            City("Orléans", "450##"),
        ),
        streets=("Rue de l'Église", "Avenue Victor Hugo", "Place de la République"),
        phone_form="+3319900####",
    ),
    Country(
        "IT",
        "Italy",
        3,
        shipping=Decimal("8.95"),
        taxes=(_tax("IVA", "0.22"),),
        reduced_taxes=(_tax("IVA", "0.10"),),
        taxes_included=True,
        cities=(City("Milano", "201##", "Milano", "MI"), City("Roma", "001##", "Roma", "RM")),
        streets=("Via Garibaldi", "Corso Italia"),
    ),
    Country(
        "ES",
        "Spain",
        3,
        shipping=Decimal("8.95"),
        taxes=(_tax("IVA", "0.21"),),
        reduced_taxes=(_tax("IVA", "0.10"),),
        taxes_included=True,
        cities=(City("Madrid", "280##", "Madrid", "M"), City("Barcelona", "080##", "Barcelona", "B")),
        streets=("Calle Mayor", "Avenida de la Constitución"),
    ),
    Country(
        "GR",
        "Greece",
        2,
        shipping=Decimal("8.95"),
        taxes=(_tax("ΦΠΑ", "0.24"),),
        reduced_taxes=(_tax("ΦΠΑ", "0.13"),),
        taxes_included=True,
        cities=(City("Αθήνα", "105 ##"), City("Θεσσαλονίκη", "546 ##")),
        streets=("Ερμού", "Οδός Εγνατία"),
    ),
    Country(
        "GB",
        "United Kingdom",
        9,
        cities=(
            City("London", "SW# #@@", "England", "ENG"),
            City("Leeds", "LS# #@@", "England", "ENG"),
            City("Edinburgh", "EH# #@@", "Scotland", "SCT"),
            City("Cardiff", "CF# #@@", "Wales", "WLS"),
        ),
        streets=("Elm Row", "High Street", "Queen's Road", "Church Lane"),
        shipping=Decimal("11.95"),
        taxes=(_tax("GB VAT", "0.20"),),
        presentment_currency="GBP",
        phone_form="+447700900###",
    ),
    Country(
        "US",
        "United States",
        8,
        cities=(
            City(
                "Los Angeles",
                "900##",
                "California",
                "CA",
                (_tax("California State Tax", "0.0725"), _tax("Los Angeles County Tax", "0.0225")),
            ),
            City(
                "New York",
                "100##",
                "New York",
                "NY",
                (_tax("New York State Tax", "0.04"), _tax("City Tax", "0.045")),
            ),
            City("Austin", "787##", "Texas", "TX", (_tax("Texas State Tax", "0.0625"),)),
            City("Seattle", "981##", "Washington", "WA", (_tax("Washington State Tax", "0.065"),)),
            City("Portland", "972##", "Oregon", "OR"),
        ),
        streets=("Main Street", "Maple Avenue", "Sunset Boulevard", "2nd Street"),
        shipping=Decimal("19.95"),
        presentment_currency="USD",
        phone_form="+120255501##",
    ),
    Country(
        "CA",
        "Canada",
        3,
        cities=(
            City("Toronto", "M5@ #@#", "Ontario", "ON", (_tax("HST", "0.13"),)),
            City("Montréal", "H2@ #@#", "Quebec", "QC", (_GST, _tax("QST", "0.09975"))),
            City("Vancouver", "V6@ #@#", "British Columbia", "BC", (_GST, _tax("PST", "0.07"))),
        ),
        streets=("King Street", "Rue Sainte-Catherine", "Granville Street"),
        shipping=Decimal("21.95"),
        phone_form="+160455501##",
        duty_rate=Decimal("0.06"),
    ),
    Country(
        "JP",
        "Japan",
        2,
        cities=(City("渋谷区", "150-####", "Tōkyō", "JP-13"), City("京都市", "600-####", "Kyōto", "JP-26")),
        streets=("神南", "烏丸通"),
        shipping=Decimal("24.95"),
        duty_rate=Decimal("0.035"),
    ),
    Country(
        "AE",
        "United Arab Emirates",
        1,
        cities=(City("دبي", "00000", "Dubai", "DU"), City("أبو ظبي", "00000", "Abu Dhabi", "AZ")),
        streets=("شارع الشيخ زايد", "Corniche Road"),
        shipping=Decimal("24.95"),
    ),
)
COUNTRY = {country.code: country for country in COUNTRIES}
_SHARES = [country.share for country in COUNTRIES]


def random_country(rng: Random) -> Country:
    """Return the country of a new buyer."""
    return rng.choices(COUNTRIES, _SHARES)[0]


def city_of(address: dict[str, str | None]) -> City:
    """Return the city of a REST ``address`` that was made from one of the countries above."""
    cities = COUNTRY[str(address["country_code"])].cities
    return next(city for city in cities if city.name == address["city"])


def fill(form: str, rng: Random) -> str:
    """Return ``form`` with a digit for every # and a capital letter for every @."""
    choices = {"#": "0123456789", "@": "ABCDEGHJKLMNPRSTVWXZ"}
    return "".join(rng.choice(choices[sign]) if sign in choices else sign for sign in form)

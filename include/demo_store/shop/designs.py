"""What the shop sells: the designs from which products are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Design:
    """A product to be: price in EUR for the middle of its range, options as name -> values."""

    title: str
    product_type: str
    vendor: str
    price: str
    grams: int
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Range:
    """Designs that share everything but the title."""

    product_type: str
    vendors: tuple[str, ...]
    price: str
    grams: int
    options: Mapping[str, tuple[str, ...]]
    titles: tuple[str, ...]

    def designs(self) -> list[Design]:
        """Return one design per title; vendors take turns."""
        return [
            Design(
                title,
                self.product_type,
                self.vendors[turn % len(self.vendors)],
                self.price,
                self.grams,
                self.options,
            )
            for turn, title in enumerate(self.titles)
        ]


GIFT_CARD = Design("Gift card", "Gift cards", "Kiln & Linen", "25.00", 0, {"Amount": ("€25", "€50", "€100")})

_GLAZES = {"Colour": ("Grey", "Ochre", "Sea green")}
_RANGES = (
    Range(
        "Mugs",
        ("Kiln Co", "Töpferei Süd"),
        "21.50",
        400,
        _GLAZES,
        (
            "Stone Mug",
            "Espresso cup “Brume”",
            "抹茶碗「霧」",
            "Κούπα Αιγαίο",
            "فنجان قهوة",
            "Travel mug, with lid",
            "Mug ☕ Monday",
        ),
    ),
    Range(
        "Bowls",
        ("Kiln Co", "Atelier Lefèvre"),
        "28.00",
        650,
        {"Size": ("S", "M", "L"), "Colour": ("White", "Indigo")},
        (
            'Bowl "Wabi-Sabi", large',
            "=Equal Parts Bowl",
            "Ramen bowl 拉麺",
            "Bol à café crème",
            "Cereal bowl",
            "Schüssel Groß & Klein",
        ),
    ),
    Range(
        "Plates",
        ("Kiln Co", "Studio Ørsted"),
        "24.00",
        700,
        {"Size": ("20 cm", "26 cm")},
        (
            "Everyday Plate",
            "Smørrebrød board",
            "+Plus Size Platter",
            "Tapas plate “Niño”",
            "Dessert plate; set of 2",
            "Pasta plate",
        ),
    ),
    Range(
        "Vases",
        ("Atelier Lefèvre", "Studio Ørsted"),
        "45.00",
        1200,
        {"Colour": ("Chalk", "Terracotta")},
        ("Bud Vase", "Vase « Élan »", "花瓶 Ikebana", "Amphora Αμφορέας", "Tall vase 40 cm"),
    ),
    Range(
        "Candle holders",
        ("Töpferei Süd",),
        "17.50",
        350,
        {"Colour": ("Black", "Sand")},
        ("Candle holder Duo", "Tealight house 🏠", "Kerzenständer Übergröße", "Wall sconce"),
    ),
    Range(
        "Candles",
        ("Noord Wax Works",),
        "14.95",
        300,
        {"Scent": ("Fig", "Cedar", "Unscented")},
        ("Candle 🕯️ Hygge", "Dinner candles, 6 pieces", "Soy candle Nº 5", "Beeswax pillar"),
    ),
    Range(
        "Table linen",
        ("Lin & Fils", "Weverij Oost"),
        "32.00",
        450,
        {"Size": ("140 by 200", "140 by 300"), "Colour": ("Natural", "Olive", "Rust")},
        ("Tablecloth Lin Lavé", "Runner “Dune”", "@home Table throw"),
    ),
    Range(
        "Tea towels",
        ("Weverij Oost",),
        "12.50",
        120,
        {"Colour": ("Blue check", "Red check", "Plain")},
        ("Tea towel Ruit", "Küchentuch Streifen", "Tea towel 'Do the dishes'", "Glass cloth"),
    ),
    Range(
        "Cushions",
        ("Lin & Fils",),
        "39.00",
        600,
        {"Colour": ("Natural", "Olive", "Rust")},
        ("Cushion cover Lin", "Coussin d'été", "Bolster"),
    ),
    Range(
        "Tea & food",
        ("Thee & Zo",),
        "9.50",
        110,
        {"Weight": ("100 g", "250 g")},
        (
            "Genmaicha 玄米茶",
            "Earl Grey",
            "Thé à la menthe",
            "Honey Μέλι",
            "Speculaas spice mix",
            "Sencha 煎茶",
        ),
    ),
    Range(
        "Books",
        ("Uitgeverij Klei",),
        "29.95",
        900,
        {},
        ("The Potter's Year", "Glazes: a <cook> book & more", "Klei, kiln & koffie"),
    ),
    Range(
        "Teapots",
        ("Töpferei Süd", "Kiln Co"),
        "54.00",
        1100,
        _GLAZES,
        ("Teapot Kyūsu 急須", "Théière en fonte", "Teapot for one", "Moka “Nonna”", "Pitcher Κανάτα"),
    ),
    Range(
        "Trays",
        ("Hout & Co", "Studio Ørsted"),
        "27.50",
        800,
        {"Size": ("Small", "Large")},
        ("Tray, round", "Serveerblad Eiken", "Tray № 3", "صينية ضيافة", "Bread board 50 % off-cut"),
    ),
    Range(
        "Ornaments",
        ("Noord Wax Works", "Töpferei Süd"),
        "8.95",
        60,
        {},
        ("Star ornament ✨", "Paper “Froebel” star", "Weihnachtskugel", "Kerstboom-piek"),
    ),
    Range(
        "Furniture",
        ("Hout & Co",),
        "119.00",
        9000,
        {"Wood": ("Oak", "Walnut")},
        ("Side table Knoest", "Plate rack", "Stool “Drie”"),
    ),
)

# The first of every range open the shop, the last two of the larger ones are launched later.
_LAUNCHED_LATER = {
    title for shop_range in _RANGES if len(shop_range.titles) > 4 for title in shop_range.titles[-2:]
}
_ALL = [design for shop_range in _RANGES for design in shop_range.designs()]
OPENING = tuple(design for design in _ALL if design.title not in _LAUNCHED_LATER)
LAUNCHES = tuple(design for design in _ALL if design.title in _LAUNCHED_LATER)

GOES_WITH = {
    "Mugs": "Tea & food",
    "Tea & food": "Mugs",
    "Candles": "Candle holders",
    "Candle holders": "Candles",
    "Plates": "Bowls",
    "Bowls": "Plates",
    "Table linen": "Tea towels",
    "Vases": "Books",
}

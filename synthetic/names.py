"""Names that are put together by chance for tutors who do not exist."""

from __future__ import annotations

from numpy.random import Generator

_FIRST = (
    "Ada Aisha Alba Amara Anders Anika Arturo Beatriz Bram Camila Cedric Chen Clara Dalia Dario "
    "Dev Edda Elias Emeka Esra Farah Felix Freya Gita Hana Hugo Ilse Imani Ines Ivo Jonas Kavya "
    "Keiko Lars Leila Lena Luca Maeve Malik Marta Mateo Mei Milan Nadia Nia Noor Oskar Paola "
    "Petra Priya Rafael Ravi Rosa Samira Sanjay Selma Tariq Thea Uma Viktor Wren Yara Yusuf Zoe"
)
_LAST = (
    "Abara Adler Almeida Amin Anand Bakker Barros Bauer Bello Berg Brandt Cano Castell Chowdhury "
    "Costa Dahl Demir Diallo Duarte Eklund Falk Farouk Ferro Fontaine Fujii Galvez Gupta Haas "
    "Haddad Hale Ibarra Iyer Jansen Kaplan Karim Keller Kimura Kovac Lacroix Lang Lindqvist Lopes "
    "Maas Marsh Mbeki Mehta Moreau Nagy Nakata Nair Novak Obi Okoro Olsen Ortega Park Petrov "
    "Quist Rahman Reyes Rivera Rossi Sato Schultz Serra Singh Soto Tanaka Torres Vance Varga "
    "Vidal Weiss Winter Yamada Yilmaz Zhou Zimmer"
)


def draw_names(rng: Generator, count: int) -> list[str]:
    """Returns `count` display names; they repeat only when there are more tutors than pairs."""
    pairs = [f"{first} {last}" for first in _FIRST.split() for last in _LAST.split()]
    drawn = [pairs[i] for i in rng.permutation(len(pairs))]
    return [drawn[i % len(drawn)] for i in range(count)]

"""Characters of text and bytes in loops, and bits of ints."""

import numpy as np

from corpus.cases import case

FOX = "the quick brown fox jumps over the lazy dog, again and again! " * 2
DOG = "a lazy dog sleeps; the fox runs over 12 hills and 345 rivers. " * 2
FAR = "naïve café ünïcödé ∑ text "
DNA = "ACGTGCAACGT" * 8


@case((FOX, DOG), ("abcbdab", "bdcaba"), ("", FOX))
def common_subsequence(s, t):
    table = np.zeros((len(s) + 1, len(t) + 1), dtype=int)
    for i in range(1, len(s) + 1):
        for j in range(1, len(t) + 1):
            if s[i - 1] == t[j - 1]:
                table[i, j] = table[i - 1, j - 1] + 1
            else:
                table[i, j] = max(table[i - 1, j], table[i, j - 1])
    return table[len(s), len(t)]


@case((FOX.encode(),), (b"123456789",), (b"",))
def crc16(data):
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return crc


@case((bytearray(FOX.encode()),), (bytearray(b"abc"),))
def adler(data):
    a, b = 1, 0
    for i in range(len(data)):
        a = (a + data[i]) % 65521
        b = (b + a) % 65521
    return (b << 16) | a


@case((FOX,), (DOG,), (FAR,))
def hashed(text):
    h = 5381
    for ch in text:
        h = (h * 33 + ord(ch)) & 0xFFFFFFFF
    return h


@case((FOX,), (DOG,), (FAR * 4,))
def letters(text):
    counts = np.zeros(26, dtype=int)
    for ch in text:
        k = ord(ch) - ord("a")
        if 0 <= k < 26:
            counts[k] += 1
    return counts


@case((FOX,), (DOG,))
def kinds_of_characters(text):
    alpha = digits = vowels = 0
    for ch in text:
        if ch.isalpha():
            alpha += 1
        elif ch.isdigit():
            digits += 1
        if ch.lower() in "aeiou":
            vowels += 1
    return alpha, digits, vowels


@case((FOX, 3), (DOG, 25), (FOX, -4))
def caesar(text, k):
    return "".join(chr((ord(c) - 97 + k) % 26 + 97) if "a" <= c <= "z" else c for c in text)


@case((FOX,), (FOX + FOX[::-1],), ("",))
def palindrome(s):
    i, j = 0, len(s) - 1
    while i < j:
        if s[i] != s[j]:
            return False
        i += 1
        j -= 1
    return True


@case((FOX, FOX[::-1]), (DNA, DNA))
def hamming(a, b):
    return sum(x != y for x, y in zip(a, b))


@case(("aaabbc" * 20,), (FOX,))
def longest_run(s):
    previous, longest, current = s[0], 1, 1
    for ch in s[1:]:
        current = current + 1 if ch == previous else 1
        previous = ch
        longest = max(longest, current)
    return longest


@case((DNA,), ("GGGG" * 20,))
def content(s):
    return (s.count("G") + s.count("C")) / len(s), sum(1 for c in s if c in "GC")


@case(("1234567890" * 7,), ("7" * 70,), ("12a" * 30,))
def digit_sum(s):
    total = 0
    for c in s:
        total += int(c)
    return total


@case((FOX, "the"), (DOG, "fox"))
def occurrences(s, p):
    n = 0
    for i in range(len(s) - len(p) + 1):
        k = 0
        while k < len(p) and s[i + k] == p[k]:
            k += 1
        if k == len(p):
            n += 1
    return n


@case((FOX, 5), (FOX, -1), (FOX, 500))
def character_at(s, i):
    return s[i], ord(s[i])


@case((12345, 20), (99, 5))
def random_numbers(seed, n):
    out = np.zeros(n)
    x = seed
    for i in range(n):
        x = (1103515245 * x + 12345) & 0x7FFFFFFF
        out[i] = x / 2147483648.0
    return out


@case((6,), (30,))
def bits_set(n):
    total = 0
    for i in range(n):
        while i:
            total += i & 1
            i >>= 1
    return total

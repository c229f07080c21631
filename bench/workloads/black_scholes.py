"""European option prices, calls and puts, on 1M float64 options."""

import numpy as np

RTOL = 1e-9


def cdf(x):
    """Normal distribution (Abramowitz and Stegun, 26.2.17)."""
    t = 1.0 / (1.0 + 0.2316419 * np.abs(x))
    poly = t * (
        0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429)))
    )
    tail = 0.3989422804014327 * np.exp(-0.5 * x * x) * poly
    return np.where(x < 0.0, tail, 1.0 - tail)


def run(price, strike, years, rate, volatility):
    root = volatility * np.sqrt(years)
    d1 = (np.log(price / strike) + (rate + 0.5 * volatility * volatility) * years) / root
    d2 = d1 - root
    discount = strike * np.exp(-rate * years)
    call = price * cdf(d1) - discount * cdf(d2)
    put = call - price + discount
    return call, put


def inputs(rng, scale=1.0):
    n = max(int(1_000_000 * scale), 3)
    price = rng.uniform(10.0, 50.0, n)
    strike = rng.uniform(10.0, 50.0, n)
    years = rng.uniform(0.25, 2.0, n)
    return price, strike, years, 0.03, 0.3


def numexpr(price, strike, years, rate, volatility):
    import numexpr as ne

    root = ne.evaluate("volatility * sqrt(years)")
    d1 = ne.evaluate(
        "(log(price / strike) + (rate + 0.5 * volatility * volatility) * years) / root"
    )
    d2 = ne.evaluate("d1 - root")
    discount = ne.evaluate("strike * exp(-rate * years)")
    cdfs = []
    for x in (d1, d2):
        t = ne.evaluate("1.0 / (1.0 + 0.2316419 * abs(x))")
        cdfs.append(
            ne.evaluate(
                "where(x < 0.0, 0.3989422804014327 * exp(-0.5 * x * x) * (t * (0.319381530 + t * "
                "(-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))), "
                "1.0 - 0.3989422804014327 * exp(-0.5 * x * x) * (t * (0.319381530 + t * "
                "(-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))))"
            )
        )
    c1, c2 = cdfs
    call = ne.evaluate("price * c1 - discount * c2")
    put = ne.evaluate("call - price + discount")
    return call, put


def torch(price, strike, years, rate, volatility):
    import torch as t

    def normal(x):
        u = 1.0 / (1.0 + 0.2316419 * t.abs(x))
        poly = u * (
            0.319381530
            + u * (-0.356563782 + u * (1.781477937 + u * (-1.821255978 + u * 1.330274429)))
        )
        tail = 0.3989422804014327 * t.exp(-0.5 * x * x) * poly
        return t.where(x < 0.0, tail, 1.0 - tail)

    root = volatility * t.sqrt(years)
    d1 = (t.log(price / strike) + (rate + 0.5 * volatility * volatility) * years) / root
    d2 = d1 - root
    discount = strike * t.exp(-rate * years)
    call = price * normal(d1) - discount * normal(d2)
    return call, call - price + discount


def numba(threads):
    from numba import njit, prange

    @njit(error_model="numpy")
    def normal(x):
        t = 1.0 / (1.0 + 0.2316419 * abs(x))
        poly = t * (
            0.319381530
            + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429)))
        )
        tail = 0.3989422804014327 * np.exp(-0.5 * x * x) * poly
        return tail if x < 0.0 else 1.0 - tail

    @njit(parallel=threads > 1, error_model="numpy")
    def prices(price, strike, years, rate, volatility):
        call, put = np.empty_like(price), np.empty_like(price)
        for i in prange(price.size):
            s, k, t = price[i], strike[i], years[i]
            root = volatility * np.sqrt(t)
            d1 = (np.log(s / k) + (rate + 0.5 * volatility * volatility) * t) / root
            discount = k * np.exp(-rate * t)
            call[i] = s * normal(d1) - discount * normal(d1 - root)
            put[i] = call[i] - s + discount
        return call, put

    return prices

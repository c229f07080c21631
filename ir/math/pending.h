// Interim: includes the vector mathematics that has landed; replaced by math.h when all of it has.
#pragma once
#include "ir/lane.h"
#if __has_include("ir/math/exp.h")
#include "ir/math/exp.h"
#endif
#if __has_include("ir/math/expm1.h")
#include "ir/math/expm1.h"
#endif
#if __has_include("ir/math/log.h")
#include "ir/math/log.h"
#endif
#if __has_include("ir/math/log1p.h")
#include "ir/math/log1p.h"
#endif
#if __has_include("ir/math/power.h")
#include "ir/math/power.h"
#endif
#if __has_include("ir/math/hypot.h")
#include "ir/math/hypot.h"
#endif
#if __has_include("ir/math/trig.h")
#include "ir/math/trig.h"
#endif
#if __has_include("ir/math/inverse_trig.h")
#include "ir/math/inverse_trig.h"
#endif
#if __has_include("ir/math/hyperbolic.h")
#include "ir/math/hyperbolic.h"
#endif
#if __has_include("ir/math/erf.h")
#include "ir/math/erf.h"
#endif
namespace ir::math {
#if !__has_include("ir/math/exp.h")
template <class V> V exp(V x) { return x; }
#endif
#if !__has_include("ir/math/exp.h")
template <class V> V exp2(V x) { return x; }
#endif
#if !__has_include("ir/math/expm1.h")
template <class V> V expm1(V x) { return x; }
#endif
#if !__has_include("ir/math/log.h")
template <class V> V log(V x) { return x; }
#endif
#if !__has_include("ir/math/log.h")
template <class V> V log2(V x) { return x; }
#endif
#if !__has_include("ir/math/log.h")
template <class V> V log10(V x) { return x; }
#endif
#if !__has_include("ir/math/log1p.h") && !__has_include("ir/math/log.h")
template <class V> V log1p(V x) { return x; }
#endif
#if !__has_include("ir/math/power.h")
template <class V> V power(V x, V) { return x; }
#endif
#if !__has_include("ir/math/hypot.h") && !__has_include("ir/math/power.h")
template <class V> V hypot(V x, V) { return x; }
#endif
#if !__has_include("ir/math/trig.h")
template <class V> V sin(V x) { return x; }
#endif
#if !__has_include("ir/math/trig.h")
template <class V> V cos(V x) { return x; }
#endif
#if !__has_include("ir/math/trig.h")
template <class V> V tan(V x) { return x; }
#endif
#if !__has_include("ir/math/inverse_trig.h")
template <class V> V arcsin(V x) { return x; }
#endif
#if !__has_include("ir/math/inverse_trig.h")
template <class V> V arccos(V x) { return x; }
#endif
#if !__has_include("ir/math/inverse_trig.h")
template <class V> V arctan(V x) { return x; }
#endif
#if !__has_include("ir/math/inverse_trig.h")
template <class V> V arctan2(V x, V) { return x; }
#endif
#if !__has_include("ir/math/hyperbolic.h")
template <class V> V sinh(V x) { return x; }
#endif
#if !__has_include("ir/math/hyperbolic.h")
template <class V> V cosh(V x) { return x; }
#endif
#if !__has_include("ir/math/hyperbolic.h")
template <class V> V tanh(V x) { return x; }
#endif
#if !__has_include("ir/math/erf.h")
template <class V> V erf(V x) { return x; }
#endif
}  // namespace ir::math

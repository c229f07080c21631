// All vector functions.
#pragma once
#include "ir/math/erf.h"
#include "ir/math/exp.h"
#include "ir/math/expm1.h"
#include "ir/math/hyperbolic.h"
#include "ir/math/hypot.h"
#include "ir/math/inverse_trig.h"
#include "ir/math/log.h"
#include "ir/math/log1p.h"
#include "ir/math/power.h"
#include "ir/math/trig.h"
#include "ir/math/whole_power.h"

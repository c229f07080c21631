// Functions of complex numbers as the process's C library computes them, which NumPy calls too.
#pragma once
#include <cstdint>

namespace ir {

enum class CFunction : int32_t {
#define C_FUNCTION(name, function) name,
#include "ir/c_functions.def"
};

// In place on `lanes` numbers: their real parts, then their imaginary parts.
void c_function(CFunction f, float* parts, int32_t lanes);
void c_function(CFunction f, double* parts, int32_t lanes);

}  // namespace ir

// What compiled kernels take. Plain C, because ahead-of-time objects use it too.
//
// A kernel covers a plane of the iteration space: `rows` x `columns`, columns innermost. The
// launcher (runtime/launch.h) coalesces axes, picks the plane and steps over all outer axes.
//   map      every element of the plane is independent
//   rows     reductions run along the columns, once per row
//   columns  reductions run along the rows, once per column, in row order
#pragma once
#include <cstdint>

namespace codegen {

struct KernelArgs {
  char* const* pointers;       // array operands, then outputs: their element at row 0, column 0
  const int64_t* row_strides;  // bytes, same order; may be zero or negative
  const int64_t* column_strides;
  const char* scalars;  // 16 bytes per scalar operand, the value at the front
  int64_t rows;
  int64_t columns;
  char* scratch;  // Code::scratch_bytes(rows, columns) bytes, 64-byte aligned
  // Errors of NumPy's kinds: byte report_bytes * (n + 1) + k is set where value n of the kernel has
  // raised kind k (the place of its bit). The first bytes are for whatever is written there.
  char* reports;
};

inline constexpr int report_bytes = 4;

// Columns that row buffers in scratch have beyond those of the plane.
inline constexpr int64_t scratch_slack = 64;

using KernelEntry = void (*)(const KernelArgs*);

// How an array is read or written along the columns. Code is specialised on nothing else but
// dtypes.
enum class Access : uint8_t {
  unit,       // adjacent elements
  broadcast,  // stride 0: one element for all columns
  strided,    // anything else, negative too
};

// Writes the product of two vectors of `size` elements to `out`. `kind` is (op << 8 | dtype) of the
// graph's node; strides are in bytes.
using LoopProduct = int (*)(void* context, int64_t kind, const char* left, int64_t left_stride,
                            const char* right, int64_t right_stride, int64_t size, char* out);

// What a compiled loop over numbers and elements takes (passes/scalar_loop.h).
struct LoopArgs {
  char* const* data;              // per array: the element with all indices 0
  const int64_t* const* shapes;   // per array
  const int64_t* const* strides;  // per array, in bytes
  const int64_t* sizes;           // values of the graph's sizes
  const char* scalars;            // 16 bytes per number from outside, the value at the front
  char* results;                  // 16 bytes per result; those of arrays are not written
  int (*poll)(void*);             // called now and then; the loop ends if it says so
  LoopProduct product;            // of two vectors; the loop declines if it is 0
  // So many bytes in a place, until it is called again for this place; 0: none left.
  char* (*scratch)(void*, int64_t place, int64_t bytes);
  void* context;   // of these three
  int64_t status;  // written: how it ended
  char* reports;   // as those of kernels, n being a place in ScalarLoop::raising
};
enum LoopStatus : int64_t {
  loop_done = 0,
  loop_declined = 1,  // an index out of range, a Python int too large: what NumPy or Python do now
  loop_stopped = 2,   // poll said so
};

using LoopEntry = void (*)(LoopArgs*);

}  // namespace codegen

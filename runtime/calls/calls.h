// The kernels behind CALL rows, for programs without NumPy. Each is plain C++.
#pragma once
#include <span>

#include "ir/op.h"
#include "runtime/tensor.h"

namespace runtime::calls {

// np.matmul of operands of one dtype; `out` has the result's shape (one element if both are 1-d).
void matmul(const Tensor& a, const Tensor& b, const Tensor& out);

// A running sum, product or extreme along an axis; `out` has the operand's shape and dtype.
void accumulate(ir::Op op, const Tensor& in, int axis, const Tensor& out);

// Where a mask over the leading axes of `in` holds, one after the other: elements, or sub-arrays.
// False unless `out` has room for exactly so many.
bool compress(const Tensor& in, const Tensor& mask, const Tensor& out);
// The indices along an axis at which a mask holds; `out` is dense. False as above.
bool nonzero(const Tensor& mask, int axis, const Tensor& out);
// The other way: elements of `values`, one after the other, to where a mask holds. False, with
// nothing changed, unless these are as many.
bool place(const Tensor& to, const Tensor& mask, const Tensor& values);

// Index arrays, of the axes named by `axes`; they broadcast against each other.
struct Indices {
  std::span<const int64_t> axes;
  std::span<const Tensor> arrays;  // i64; of a change, any integers but u64
};
// The strides of a fresh result of NumPy's: out's shape is set.
void set_gathered_strides(Tensor& out, const Tensor& in, const Indices& at);
void gather(const Tensor& in, const Indices& at, const Tensor& out);
// The AT row `op`; `values` broadcast to the shape that gather gives. False if there is no element
// to index.
bool change_at(ir::Op op, const Tensor& to, const Indices& at, const Tensor& values);
// add_at of one integer in a small array at many indices. False, with nothing changed, if it is
// none.
bool add_one_number(const Tensor& to, const Tensor& index, const Tensor& values);

}  // namespace runtime::calls

// Reads and writes of arrays.
//
// Strided elements are read one by one: a gather is no faster in the cache, and beyond it four
// times slower, since the processor does not fetch ahead of it.
#include <llvm/IR/Constants.h>
#include <llvm/IR/Intrinsics.h>

#include <algorithm>

#include "codegen/kernel_builder.h"
#include "ir/error.h"

namespace codegen {

llvm::Type* memory_type(Builder& b, ir::DType t, int lanes) {
  return type_of(b, t == ir::DType::b1 ? ir::DType::u8 : t, lanes);
}

namespace {

// Numbers from 0 to 2 * lanes as memory has complex numbers, real and imaginary parts in turns.
llvm::SmallVector<int, 128> in_turns(int lanes) {
  llvm::SmallVector<int, 128> order;
  for (int i = 0; i < lanes; ++i) order.append({i, lanes + i});
  return order;
}
llvm::SmallVector<int, 128> one_after_the_other(int lanes) {
  llvm::SmallVector<int, 128> order;
  for (int first = 0; first < 2; ++first)
    for (int i = 0; i < lanes; ++i) order.push_back(2 * i + first);
  return order;
}

}  // namespace

Val from_memory(Builder& b, ir::DType t, llvm::Value* v, int lanes) {
  if (ir::is_complex(t) && lanes > 1)
    return b.val(b.ir.CreateShuffleVector(v, one_after_the_other(lanes)), t, lanes);
  return t == ir::DType::b1 ? convert(b.val(v, ir::DType::u8, lanes), t) : b.val(v, t, lanes);
}

namespace {

// Arrays of NumPy may be unaligned.
const llvm::Align unaligned(1);

llvm::Value* to_memory(Val x) {
  if (x.is_complex() && x.lanes > 1) return x.b->ir.CreateShuffleVector(x.v, in_turns(x.lanes));
  return x.is_mask() ? convert(x, ir::DType::u8).v : x.v;
}

// The mask of the elements that memory has, of which a complex number has two.
llvm::Value* memory_mask(Builder& b, ir::DType t, llvm::Value* mask, int lanes) {
  if (!ir::is_complex(t)) return mask;
  llvm::SmallVector<int, 128> twice;
  for (int i = 0; i < lanes; ++i) twice.append({i, i});
  return b.ir.CreateShuffleVector(mask, twice);
}

// A complex array as the array of its real or imaginary parts.
Array part_of(Array a) {
  a.dtype = ir::part_of(a.dtype);
  return a;
}

llvm::Value* ahead(Builder& b, llvm::Value* place, llvm::Value* bytes) {
  return b.ir.CreateGEP(b.ir.getInt8Ty(), place, bytes);
}

// The addresses of `lanes` elements, `stride` bytes apart, as a vector.
llvm::Value* vector_places(Builder& b, llvm::Value* first, llvm::Value* stride, int lanes) {
  llvm::SmallVector<llvm::Constant*, 64> numbers;
  for (int i = 0; i < lanes; ++i) numbers.push_back(b.ir.getInt64(uint64_t(i)));
  llvm::Value* steps = b.ir.CreateVectorSplat(unsigned(lanes), stride);
  return ahead(b, first, b.ir.CreateMul(llvm::ConstantVector::get(numbers), steps));
}

// Calls f(lane, address) for each of `lanes` elements. Four share one addition: the processor's
// addresses include one and two strides, and three are kept in a register.
template <class F>
void each_place(Builder& b, llvm::Value* first, llvm::Value* stride, int lanes, F&& f) {
  llvm::Value* steps[] = {nullptr, stride, b.ir.CreateShl(stride, 1),
                          b.ir.CreateMul(stride, b.ir.getInt64(3))};
  llvm::Value* four = b.ir.CreateShl(stride, 2);
  for (int i = 0; i < lanes; ++i) {
    if (i > 0 && i % 4 == 0) first = ahead(b, first, four);
    f(i, i % 4 == 0 ? first : ahead(b, first, steps[i % 4]));
  }
}

// What lanes that are off compute on: the first element, which is always there. So they raise no
// floating-point error and enter no rare branch that the first lane does not.
llvm::Value* off(Builder& b, ir::DType t, llvm::Value* first, int lanes) {
  llvm::Type* element = memory_type(b, t, 1);
  llvm::Value* one = b.ir.CreateAlignedLoad(element, first, unaligned);
  if (!ir::is_complex(t)) return b.ir.CreateVectorSplat(unsigned(lanes), one);
  llvm::SmallVector<int, 128> both;
  for (int i = 0; i < 2 * lanes; ++i) both.push_back(i % 2);
  return b.ir.CreateShuffleVector(one, both);
}

}  // namespace

Val KernelBuilder::load(const Array& a, llvm::Value* row_start, llvm::Value* column, int lanes,
                        llvm::Value* mask) {
  if (a.access == Access::broadcast) lanes = 1;
  llvm::Type* t = memory_type(b, a.dtype, lanes);
  auto plain = [&](llvm::Value* place) {
    return from_memory(b, a.dtype, b.ir.CreateAlignedLoad(t, place, unaligned), lanes);
  };
  if (a.access == Access::broadcast) return plain(row_start);
  if (a.access == Access::unit) {
    llvm::Value* place = b.ir.CreateGEP(memory_type(b, a.dtype, 1), row_start, column);
    if (!mask || lanes == 1) return plain(place);
    mask = memory_mask(b, a.dtype, mask, lanes);
    llvm::Value* none = off(b, a.dtype, place, lanes);
    return from_memory(b, a.dtype, b.ir.CreateMaskedLoad(t, place, unaligned, mask, none), lanes);
  }
  llvm::Value* first = ahead(b, row_start, b.ir.CreateMul(column, a.column_stride));
  if (lanes == 1) return plain(first);
  if (ir::is_complex(a.dtype)) {
    const Array part = part_of(a);
    llvm::Value* second = ahead(b, row_start, index(part.bytes()));
    return joined(
        {load(part, row_start, column, lanes, mask), load(part, second, column, lanes, mask)});
  }
  if (!mask) return load_each(a, first, lanes);
  llvm::Value* places = vector_places(b, first, a.column_stride, lanes);
  llvm::Value* none = off(b, a.dtype, first, lanes);
  return from_memory(b, a.dtype, b.ir.CreateMaskedGather(t, places, unaligned, mask, none), lanes);
}

Val KernelBuilder::load_each(const Array& a, llvm::Value* first, int lanes) {
  llvm::Type* t = memory_type(b, a.dtype, 1);
  llvm::Value* v = llvm::PoisonValue::get(memory_type(b, a.dtype, lanes));
  each_place(b, first, a.column_stride, lanes, [&](int lane, llvm::Value* place) {
    v = b.ir.CreateInsertElement(v, b.ir.CreateAlignedLoad(t, place, unaligned), uint64_t(lane));
  });
  return from_memory(b, a.dtype, v, lanes);
}

// Element by element: the processor's gathers do not fetch ahead.
Val KernelBuilder::gather(ir::Ref node, std::span<const Val> in) {
  const ir::Ref table = graph.inputs(node)[0];
  const size_t number = size_t(std::ranges::find(kernel.tables, table) - kernel.tables.begin());
  const std::vector<Axis>& axes = tables_[number];
  const int lanes = in[1].lanes;
  const auto spread = [&](llvm::Value* v) {
    return lanes == 1 ? v : b.ir.CreateVectorSplat(unsigned(lanes), v);
  };
  std::vector<llvm::Value*> steps;  // per axis: the index, in range
  for (size_t k = 0; k < axes.size(); ++k) {
    llvm::Value *i = in[k + 1].v, *size = spread(axes[k].size), *zero = spread(index(0));
    llvm::Value* wrapped = b.ir.CreateAdd(i, size);
    i = b.ir.CreateSelect(b.ir.CreateICmpSLT(i, zero), wrapped, i);
    i = b.ir.CreateBinaryIntrinsic(llvm::Intrinsic::smax, i, zero);
    llvm::Value* last = spread(b.ir.CreateSub(axes[k].size, index(1)));
    steps.push_back(b.ir.CreateBinaryIntrinsic(llvm::Intrinsic::smin, i, last));
  }
  llvm::Value* address =
      in[0].lanes == 1 ? in[0].v : b.ir.CreateExtractElement(in[0].v, uint64_t(0));
  llvm::Value* base = b.ir.CreateIntToPtr(address, b.ir.getPtrTy());
  const ir::DType dtype = graph.type(table).dtype;
  llvm::Type* t = memory_type(b, dtype, 1);
  const auto element = [&](int lane) -> llvm::Value* {
    llvm::Value* place = base;
    for (size_t k = 0; k < axes.size(); ++k) {
      llvm::Value* i = lanes == 1 ? steps[k] : b.ir.CreateExtractElement(steps[k], uint64_t(lane));
      place = ahead(b, place, b.ir.CreateMul(i, axes[k].stride));
    }
    return b.ir.CreateAlignedLoad(t, place, unaligned);
  };
  if (lanes == 1) return from_memory(b, dtype, element(0), 1);
  llvm::Value* v = llvm::PoisonValue::get(memory_type(b, dtype, lanes));
  for (int lane = 0; lane < lanes; ++lane)
    v = b.ir.CreateInsertElement(v, element(lane), uint64_t(lane));
  return from_memory(b, dtype, v, lanes);
}

void KernelBuilder::store(const Array& a, llvm::Value* row_start, llvm::Value* column, Val value,
                          llvm::Value* mask, bool stream) {
  BRAZE_CHECK(value.dtype == a.dtype) << "codegen: store of " << ir::info(value.dtype).name
                                      << " to " << a.ref << " of " << ir::info(a.dtype).name;
  const bool as_parts = value.is_complex() && a.access != Access::unit && value.lanes > 1;
  llvm::Value* v = as_parts ? nullptr : to_memory(value);
  if (a.access == Access::unit) {
    llvm::Value* place = b.ir.CreateGEP(memory_type(b, a.dtype, 1), row_start, column);
    if (mask && value.lanes > 1) {
      b.ir.CreateMaskedStore(v, place, unaligned, memory_mask(b, a.dtype, mask, value.lanes));
    } else {
      store_plain(v, place, stream ? std::min(64, a.bytes() * value.lanes) : 0);
    }
    return;
  }
  llvm::Value* first = ahead(b, row_start, b.ir.CreateMul(column, a.column_stride));
  if (value.lanes == 1) {
    store_plain(v, first, 0);
  } else if (value.is_complex()) {
    const Array part = part_of(a);
    const auto [re, im] = parts(value);
    store(part, row_start, column, re, mask);
    store(part, ahead(b, row_start, index(part.bytes())), column, im, mask);
  } else if (mask) {
    llvm::Value* places = vector_places(b, first, a.column_stride, value.lanes);
    b.ir.CreateMaskedScatter(v, places, unaligned, mask);
  } else {
    each_place(b, first, a.column_stride, value.lanes, [&](int lane, llvm::Value* place) {
      store_plain(b.ir.CreateExtractElement(v, uint64_t(lane)), place, 0);
    });
  }
}

// With `stream` > 0, past the caches, to memory aligned to so many bytes.
void KernelBuilder::store_plain(llvm::Value* v, llvm::Value* place, int stream) {
  auto* s = b.ir.CreateAlignedStore(v, place, stream ? llvm::Align(uint64_t(stream)) : unaligned);
  if (!stream) return;
  auto* one = llvm::ConstantAsMetadata::get(b.ir.getInt32(1));
  s->setMetadata(llvm::LLVMContext::MD_nontemporal, llvm::MDNode::get(b.context(), one));
}

}  // namespace codegen

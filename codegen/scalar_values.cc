// Numbers and elements of a scalar loop.
#include <llvm/IR/MDBuilder.h>

#include <algorithm>
#include <cstddef>
#include <limits>

#include "codegen/emit.h"
#include "codegen/kernel_builder.h"
#include "codegen/scalar_emitter.h"
#include "ir/error.h"
#include "passes/loop_sizes.h"
#include "passes/row_updates.h"

namespace codegen {

using ir::BodyId;
using ir::Op;
using ir::Ref;
using passes::ScalarLoop;

ScalarEmitter::ScalarEmitter(Builder& b, const ir::Graph& g, const ScalarLoop& loop,
                             const Jit::SizePlace& place, const LoopVariant& variant,
                             const std::string& symbol)
    : b_(b),
      g_(g),
      loop_(loop),
      place_(place),
      variant_(variant),
      bounds_(g.dims),
      slow_(passes::slow_numbers(g, loop)) {
  auto* type = llvm::FunctionType::get(b.ir.getVoidTy(), {b.ir.getPtrTy()}, false);
  auto* f = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, symbol, b.module);
  f->addFnAttr(llvm::Attribute::NoUnwind);
  args_ = f->getArg(0);
  entry_ = llvm::BasicBlock::Create(b.context(), "entry", f);
  b.ir.SetInsertPoint(entry_);
  declined_ = b.block("declined");
  stopped_ = b.block("stopped");
  watch_ = {member(offsetof(LoopArgs, reports)), variant.checked};
  watch_.find_chosen(g, loop.choices);
}

// What never changes while the loop runs is read once, at the entry.
llvm::Value* ScalarEmitter::word(llvm::Type* type, llvm::Value* from, size_t offset) {
  const llvm::IRBuilderBase::InsertPointGuard guard(b_.ir);
  b_.ir.SetInsertPoint(entry_);
  llvm::Value* place = b_.ir.CreateConstInBoundsGEP1_64(b_.ir.getInt8Ty(), from, offset);
  return b_.ir.CreateAlignedLoad(type, place, llvm::Align(8));
}

llvm::Value* ScalarEmitter::size(ir::DimId d) {
  if (const auto constant_size = g_.dims.value(d)) return constant(*constant_size);
  const auto is_given = [&](uint32_t symbol) { return given_.contains(symbol); };
  if (!given_.empty() && std::ranges::any_of(g_.dims.symbols(d), is_given)) return given_size(d);
  llvm::Value*& known = sizes_[d.id];
  if (!known) {
    known = word(b_.ir.getInt64Ty(), member(offsetof(LoopArgs, sizes)), size_t(place_(d)) * 8);
  }
  return known;
}

// passes::computed_in_loop.
llvm::Value* ScalarEmitter::given_size(ir::DimId d) {
  const auto& l = g_.dims.linear(g_.dims.resolve(d));
  llvm::Value* sum = constant(l.constant);
  for (const auto& [symbol, coefficient] : l.terms) {
    const auto& atom = g_.dims.atom(symbol);
    const auto given = given_.find(symbol);
    llvm::Value* term = given != given_.end() ? given->second
                        : atom.kind == ::ir::Dims::Atom::multiply
                            ? size_product(size(atom.a), size(atom.b))
                            : size(g_.dims.of_atom(symbol));
    if (coefficient != 1) term = size_product(term, constant(coefficient));
    sum = b_.ir.CreateAdd(sum, term);
  }
  return sum;
}

// Of what broadcasts, sizes may be anything.
llvm::Value* ScalarEmitter::size_product(llvm::Value* a, llvm::Value* b) {
  llvm::Value* both = b_.ir.CreateBinaryIntrinsic(llvm::Intrinsic::smul_with_overflow, a, b);
  need(b_.ir.CreateNot(b_.ir.CreateExtractValue(both, 1)));
  return b_.ir.CreateExtractValue(both, 0);
}

View ScalarEmitter::array(size_t number) {
  View v;
  const auto part = [&](size_t offset, size_t k) {
    llvm::Value* list = word(b_.ir.getPtrTy(), member(offset), number * 8);
    return word(b_.ir.getInt64Ty(), list, k * 8);
  };
  v.array = number;
  v.data = word(b_.ir.getPtrTy(), member(offsetof(LoopArgs, data)), number * 8);
  const ir::Type& type = g_.type(loop_.arrays[number]);
  const size_t rank = size_t(type.rank());
  for (size_t k = 0; k < rank; ++k) {
    const bool unit = k + 1 == rank && variant_.dense(number);
    v.sizes.push_back(part(offsetof(LoopArgs, shapes), k));
    v.strides.push_back(unit ? constant(ir::info(type.dtype).bytes)
                             : part(offsetof(LoopArgs, strides), k));
    bounds_.at_least(v.sizes.back(), 0);
  }
  return v;
}

bool ScalarEmitter::run(bool hold) {
  if (hold && !variant_.checked) watch_.held = &notes_.emplace(b_, entry_);
  name_memory();
  for (size_t i = 0; i < loop_.arrays.size(); ++i) roots_.push_back(array(i));
  llvm::Value* scalars = member(offsetof(LoopArgs, scalars));
  for (size_t i = 0; i < loop_.scalars.size(); ++i) {
    const Ref r = loop_.scalars[i];
    if (g_.op(r) == Op::constant || g_.op(r) == Op::extent) {
      number(r);  // more is known of it than that it is a number
      continue;
    }
    llvm::Value* place = b_.ir.CreateConstInBoundsGEP1_64(b_.ir.getInt8Ty(), scalars, i * 16);
    numbers_[r.id] = load(place, g_.type(r).dtype);
  }
  llvm::BasicBlock* start = b_.block("start");
  b_.ir.SetInsertPoint(start);
  node(loop_.node);
  const auto& values = tuples_.at(loop_.node.id);
  llvm::Value* out = member(offsetof(LoopArgs, results));
  for (size_t i = 0; i < values.size(); ++i) {
    if (loop_.results[i] != ScalarLoop::number) continue;
    store(b_.ir.CreateConstInBoundsGEP1_64(b_.ir.getInt8Ty(), out, i * 16), values[i]);
  }
  const auto end = [&](LoopStatus status) {
    llvm::Value* place =
        b_.ir.CreateConstInBoundsGEP1_64(b_.ir.getInt8Ty(), args_, offsetof(LoopArgs, status));
    b_.ir.CreateAlignedStore(constant(status), place, llvm::Align(8));
    b_.ir.CreateRetVoid();
  };
  if (notes_) notes_->store(watch_.reports);
  end(loop_done);
  b_.ir.SetInsertPoint(declined_);
  end(loop_declined);
  b_.ir.SetInsertPoint(stopped_);
  end(loop_stopped);
  b_.ir.SetInsertPoint(entry_);
  b_.ir.CreateBr(start);
  nothing_else_is_an_element();
  return notes_ && !notes_->empty();
}

// Arrays are none; of what makes a row there is the element that is computed now.
std::vector<Val> ScalarEmitter::numbers(std::span<const Ref> refs) {
  std::vector<Val> out;
  for (Ref r : refs) {
    const auto known = numbers_.find(r.id);
    out.push_back(known == numbers_.end() ? Val{} : known->second);
    BRAZE_CHECK(out.back().v || is_array(r)) << "codegen: a number before it is computed";
  }
  return out;
}

void ScalarEmitter::number(Ref r) {
  const Op op = g_.op(r);
  Val v;
  if (op == Op::constant) {
    v = literal(b_, g_.type(r).dtype, g_.attrs(r).scalar("value"));
  } else if (op == Op::extent) {
    v = b_.val(size(g_.attrs(r).dim("size")), ir::DType::i64);
    bounds_.equals(v.v, g_.attrs(r).dim("size"));
  } else if (op == Op::number) {
    v = python_number(r);
  } else {
    const std::vector<Val> in = numbers(g_.inputs(r));
    const ir::Type& t = g_.type(r);
    if (const auto quotient = by_power_of_two(op, in)) return void(numbers_[r.id] = *quotient);
    const bool python = t.kind == ir::Type::Kind::python;
    const bool divides = ir::info(op).rule == ir::Rule::divide;
    const bool watched = watches(watch_, g_, r);
    const int at = report_of(r);
    if (python && op != Op::cast && (ir::is_integer(t.dtype) || divides)) {
      v = checked(r, in);
    } else {
      const auto whole = watched ? watched_integer(b_, watch_, at, g_, r, in) : std::nullopt;
      if (whole) return void(numbers_[r.id] = *whole);
      v = emit(g_, r, in);
    }
    if (watched) watch(b_, watch_, at, g_, r, in, v);
  }
  numbers_[r.id] = v;
}

// Quotients of integers that are rounded down, and their remainders, are shifts and masks.
std::optional<Val> ScalarEmitter::by_power_of_two(Op op, std::span<const Val> in) {
  if (op != Op::floor_divide && op != Op::remainder) return std::nullopt;
  const auto* by = llvm::dyn_cast<llvm::ConstantInt>(in[1].v);
  const bool is_signed = ir::is_signed(in[0].dtype);
  if (!by || !ir::is_integer(in[0].dtype) || in[0].dtype != in[1].dtype) return std::nullopt;
  const llvm::APInt& value = by->getValue();
  if (!value.isPowerOf2() || (is_signed && value.isNegative())) return std::nullopt;
  if (op == Op::remainder)
    return b_.val(b_.ir.CreateAnd(in[0].v, b_.ir.getInt(value - 1)), in[0].dtype);
  const uint64_t places = value.logBase2();
  return b_.val(is_signed ? b_.ir.CreateAShr(in[0].v, places) : b_.ir.CreateLShr(in[0].v, places),
                in[0].dtype);
}

// Arithmetic of Python numbers: ints have no bounds there, and a division by zero raises.
Val ScalarEmitter::checked(Ref r, std::span<const Val> in) {
  const Op op = g_.op(r);
  auto& ir = b_.ir;
  const auto intrinsic = with_overflow(op, true);
  if (ir::is_integer(g_.type(r).dtype) && intrinsic != llvm::Intrinsic::not_intrinsic) {
    if (const auto sum = sum_in_bounds(op, in[0].v, in[1].v)) return *sum;
    llvm::Value* result;
    if (slow_.contains(r.id)) {
      result =
          op == Op::add ? ir.CreateNSWAdd(in[0].v, in[1].v) : ir.CreateNSWSub(in[0].v, in[1].v);
    } else {
      llvm::Value* both = ir.CreateBinaryIntrinsic(intrinsic, in[0].v, in[1].v);
      need(ir.CreateNot(ir.CreateExtractValue(both, 1)));
      result = ir.CreateExtractValue(both, 0);
    }
    const auto x = bounds_.least(in[0].v), y = bounds_.least(in[1].v);
    if (op == Op::add && x && y) bounds_.at_least(result, *x + *y);
    return b_.val(result, ir::DType::i64);
  }
  // One of the operands.
  if (ir::info(op).rule == ir::Rule::pick) return emit(g_, r, in);
  const bool quotient =
      ir::info(op).rule == ir::Rule::divide || op == Op::floor_divide || op == Op::remainder;
  if (!quotient) ir::fail<ir::Unsupported>() << ir::spelling(op) << " of Python numbers in a loop";
  need((in[1] != num(in[1], 0)).v);
  if (ir::is_integer(in[1].dtype)) need((in[1] != num(in[1], -1)).v);
  return emit(g_, r, in);
}

// A sum or difference of a value and a constant that cannot overflow.
std::optional<Val> ScalarEmitter::sum_in_bounds(Op op, llvm::Value* x, llvm::Value* y) {
  if (op == Op::add && llvm::isa<llvm::ConstantInt>(x)) std::swap(x, y);
  const auto* by = llvm::dyn_cast<llvm::ConstantInt>(y);
  if (!by || by->isMinValue(true) || op == Op::multiply) return std::nullopt;
  const int64_t c = op == Op::add ? by->getSExtValue() : -by->getSExtValue();
  if (!bounds_.fits(x, c)) return std::nullopt;
  llvm::Value* sum = b_.ir.CreateNSWAdd(x, constant(c));
  bounds_.is_sum(sum, x, c);
  return b_.val(sum, ir::DType::i64);
}

// The bounds are those of the reference engine (runtime/eager.cc).
Val ScalarEmitter::python_number(Ref r) {
  const ir::AttrView attrs = g_.attrs(r);
  const ir::DType to = attrs.dtype("dtype");
  const Val given = numbers_.at(g_.inputs(r)[0].id);
  const bool whole = to == ir::DType::i64, from_float = ir::is_float(given.dtype);
  const Val x = convert(given, ir::DType::f64);
  if (whole || !from_float) {
    need((abs(x) < num(x, whole ? 0x1p62 : 0x1p53)).v);
  } else if (attrs.boolean("finite")) {
    need((abs(x) < num(x, std::numeric_limits<double>::infinity())).v);
  }
  if (!whole) return x;
  const Val result = convert(given, to);
  const auto [low, high] = ir::limits(attrs.dtype("fits"));
  if (low > INT64_MIN) need((result >= num(result, low)).v);
  if (high < INT64_MAX) need((result <= num(result, high)).v);
  return result;
}

llvm::Value* ScalarEmitter::int64(Val v) {
  auto* to = b_.ir.getInt64Ty();
  return ir::is_signed(v.dtype) ? b_.ir.CreateSExt(v.v, to) : b_.ir.CreateZExt(v.v, to);
}

void ScalarEmitter::need(llvm::Value* condition) {
  if (const auto* known = llvm::dyn_cast<llvm::ConstantInt>(condition); known && known->isOne())
    return;
  llvm::BasicBlock* next = b_.block("next");
  auto* likely = llvm::MDBuilder(b_.context()).createBranchWeights(1 << 20, 1);
  b_.ir.CreateCondBr(condition, next, declined_, likely);
  b_.ir.SetInsertPoint(next);
}

// Where the elements at an index of one axis begin.
llvm::Value* ScalarEmitter::element(const View& v, size_t axis, Val index, ir::DimId size) {
  auto& ir = b_.ir;
  llvm::Value* at = int64(index);
  const auto bound = bounds_.least(at);
  const bool from_front = bound && *bound >= 0;
  if (!from_front) {
    llvm::Value* from_end = ir.CreateAdd(at, v.sizes[axis]);
    at = ir.CreateSelect(ir.CreateICmpSLT(at, constant(0)), from_end, at);
  }
  if (!from_front || !bounds_.is_below(at, size)) {
    need(ir.CreateICmpULT(at, v.sizes[axis]));
    bounds_.found_below(at, size);
  }
  return ir.CreateGEP(ir.getInt8Ty(), v.data, ir.CreateMul(at, v.strides[axis]));
}

const View& ScalarEmitter::seen(Ref r) const {
  const auto known = views_.find(r.id);
  return known == views_.end() ? root(r) : known->second;
}

// The part of an array that an update changes.
View ScalarEmitter::changed(Ref r) {
  const auto inputs = g_.inputs(r);
  const ir::AttrView attrs = g_.attrs(r);
  const ir::Type& type = g_.type(inputs[0]);
  View v = seen(inputs[0]);
  const auto start = attrs.dims("start"), part = attrs.dims("size");
  const auto axes = attrs.integers("axes");
  const auto step = attrs.dims("step");
  for (size_t k = 0; k < start.size(); ++k) {
    const auto place = size_t(std::ranges::find(axes, int64_t(k)) - axes.begin());
    const bool moves = place < axes.size();
    if (moves && g_.dims.is(part[k], 1)) {
      v.data = element(v, k, numbers_.at(inputs[place + 2].id), type.dims[k]);
    } else if (moves) {
      cut(v, k, inputs[place + 2], type.dims[k], *g_.dims.value(step[k]), part[k]);
    } else {
      llvm::Value* offset = b_.ir.CreateMul(size(start[k]), v.strides[k]);
      v.data = b_.ir.CreateGEP(b_.ir.getInt8Ty(), v.data, offset);
      v.sizes[k] = size(part[k]);
      v.strides[k] = b_.ir.CreateMul(v.strides[k], size(step[k]));
    }
  }
  return v;
}

void ScalarEmitter::update(Ref r) {
  if (passes::keeps_itself(g_, r)) return;
  const View to = changed(r);
  const auto shape = passes::row_of(g_, r);
  if (!shape->single) return row(r, to, shape->axis);
  const Val value = numbers_.at(g_.inputs(r)[1].id);
  store_element(to, value);
  if (const auto at = held_.find(r.id); at != held_.end()) carries_[at->second].now = value;
}

}  // namespace codegen

"""The checkers themselves: what they accept, find, and say."""

from __future__ import annotations

import inspect

import pytest

import autograd
from autograd.testing import GradcheckError, gradcheck, gradgradcheck
from tests.helpers.oracle import torch_or_skip


def double(*values: float) -> autograd.Tensor:
    return autograd.tensor(list(values), dtype=autograd.float64, requires_grad=True)


class Half(autograd.Function):
    """x * y with half of the derivative by y missing."""

    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * y, g * x / 2


def test_right_functions_pass() -> None:
    x, y = double(0.5, 1.5), double(2.0)
    assert gradcheck(lambda x, y: (x * y, x.sin() / y), (x, y))
    assert gradgradcheck(lambda x, y: (x * y, x.sin() / y), (x, y))
    assert gradcheck(lambda x: x.sum(), x)
    assert gradcheck(lambda x, n: x**n, (x, 3))
    assert gradcheck(lambda x: (x * 2, x > 0, x.long()), x)
    assert gradcheck(autograd.exp, autograd.zeros(0, 2, dtype=autograd.float64, requires_grad=True))


def test_the_wrong_input_and_element_are_named() -> None:
    with pytest.raises(GradcheckError) as error:
        gradcheck(Half.apply, (double(1.0, 3.0), double(2.0, 5.0)))
    message = str(error.value)
    assert "derivative of output 0 by input 1: 2 of 4 derivatives differ" in message
    assert "worst: d output[1] / d input[1]" in message
    assert "backward: 1.5" in message
    assert "numeric:  3" in message
    assert "tensor([2., 5.]" in message


def test_a_missing_gradient_is_found() -> None:
    with pytest.raises(GradcheckError):
        gradcheck(lambda x: x.detach() * x, double(1.0))


def test_a_wrong_second_derivative_is_found() -> None:
    class Square(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * 2 * x.detach()

    assert gradcheck(Square.apply, double(1.0))
    with pytest.raises(GradcheckError):
        gradgradcheck(Square.apply, double(1.0))
    assert not gradgradcheck(Square.apply, double(1.0), raise_exception=False)


def test_a_nan_is_found() -> None:
    with pytest.raises(GradcheckError):
        gradcheck(lambda x: autograd.where(x > 0, x, autograd.sqrt(x - 2)), double(1.0))


def test_a_random_function_is_found() -> None:
    with pytest.raises(GradcheckError):
        gradcheck(lambda x: x * autograd.rand(1, dtype=autograd.float64), double(1.0))


def test_a_backward_that_changes_its_input_is_found() -> None:
    class Rude(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.x = x.detach()
            return x * 1

        @staticmethod
        def backward(ctx, g):
            ctx.x.add_(1)
            return g * 1

    with pytest.raises(GradcheckError, match="was changed"):
        gradcheck(Rude.apply, double(1.0))


def test_bad_inputs_are_refused() -> None:
    with pytest.raises(ValueError, match="none of the inputs requires grad"):
        gradcheck(autograd.sin, autograd.ones(1))
    with pytest.raises(ValueError, match=r"input 0 is autograd.float32.*\.double"):
        gradcheck(autograd.sin, autograd.ones(1, requires_grad=True))
    if autograd.get_default_device() != "strict":
        shared = autograd.ones(1, dtype=autograd.float64).expand(3).requires_grad_()
        with pytest.raises(ValueError, match="share memory"):
            gradcheck(autograd.sin, shared)


def test_inputs_are_left_as_they_were() -> None:
    x = double(0.5, 1.5)
    gradcheck(autograd.sin, x)
    assert x.tolist() == [0.5, 1.5]
    assert x.grad is None

    def fails(x: autograd.Tensor) -> autograd.Tensor:
        if x[0].item() != 0.5:
            raise ZeroDivisionError
        return x * 1

    with pytest.raises(ZeroDivisionError):
        gradcheck(fails, x)
    assert x.tolist() == [0.5, 1.5]


class Scaled(autograd.Function):
    """2 x, whose backward is set by a test."""

    rule = staticmethod(lambda g: 2 * g)

    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return Scaled.rule(g)


def both_raise(match: str, function, inputs, **options) -> None:
    """The slow and the fast check find it."""
    for fast in (False, True):
        with pytest.raises(GradcheckError, match=match):
            gradcheck(function, inputs, fast_mode=fast, **options)


def test_arguments_are_torchs() -> None:
    torch = torch_or_skip()
    for name in ("gradcheck", "gradgradcheck"):
        ours = inspect.signature(getattr(autograd.testing, name)).parameters.values()
        theirs = inspect.signature(getattr(torch.autograd, name)).parameters.values()
        assert [(p.name, p.kind, p.default) for p in ours] == [(p.name, p.kind, p.default) for p in theirs]


def test_torchs_places() -> None:
    from torchlike.aliases import torch_names

    assert autograd.gradcheck is gradcheck
    assert autograd.autograd.gradgradcheck is gradgradcheck
    with torch_names():
        import torch
        import torch.autograd.gradcheck
        from torch.autograd.gradcheck import GradcheckError as theirs

        assert torch.autograd.gradcheck is gradcheck
        assert torch.autograd.gradcheck.GradcheckError is theirs is GradcheckError
    assert autograd.gradcheck is gradcheck


@pytest.mark.parametrize(
    ("check", "argument"),
    [
        (gradcheck, "check_forward_ad"),
        (gradcheck, "check_batched_grad"),
        (gradcheck, "check_batched_forward_grad"),
        (gradgradcheck, "check_fwd_over_rev"),
        (gradgradcheck, "check_batched_grad"),
    ],
)
def test_what_is_not_there_says_so(check, argument: str) -> None:
    with pytest.raises(NotImplementedError, match=f"{check.__name__}: {argument}=True"):
        check(autograd.sin, double(1.0), **{argument: True})


def test_nothing_to_check() -> None:
    with pytest.raises(ValueError, match="check_backward_ad=False leaves nothing"):
        gradcheck(autograd.sin, double(1.0), check_backward_ad=False)
    with pytest.raises(ValueError, match="check_rev_over_rev=False leaves nothing"):
        gradgradcheck(autograd.sin, double(1.0), check_rev_over_rev=False)


def test_a_function_that_is_not_deterministic() -> None:
    state = []

    def drifts(x):
        state.append(0)
        return x * (1 + 1e-7 * len(state))

    said = r"the function is not deterministic: called twice with the same inputs it gave .*0000.* and .*0000"
    both_raise(said, drifts, double(1.0, 2.0))
    with pytest.raises(GradcheckError, match=said):
        gradgradcheck(drifts, double(1.0, 2.0))
    assert not gradcheck(drifts, double(1.0), raise_exception=False)


def test_a_function_whose_shape_changes() -> None:
    sizes = iter(range(1, 9))
    with pytest.raises(GradcheckError, match=r"it gave shape \(1,\) and \(2,\) as output 0"):
        gradcheck(lambda x: x.repeat(next(sizes)), double(1.0))


def test_a_function_of_a_seed_is_deterministic() -> None:
    def seeded(x):
        return x * autograd.rand(
            2, generator=autograd.Generator(x.device).manual_seed(1), dtype=x.dtype, device=x.device
        )

    assert gradcheck(seeded, double(1.0, 2.0))


def test_nondet_tol(monkeypatch: pytest.MonkeyPatch) -> None:
    passes: list[int] = []

    def rule(g):
        passes.append(0)
        return g * (2 + 1e-9 * len(passes))

    monkeypatch.setattr(Scaled, "rule", staticmethod(rule))
    both_raise(
        "the backward pass is not deterministic: run twice with the same gradient", Scaled.apply, double(1.0, 2.0)
    )
    assert gradcheck(Scaled.apply, double(1.0, 2.0), nondet_tol=1e-6)
    assert gradcheck(Scaled.apply, double(1.0, 2.0), nondet_tol=1e-6, fast_mode=True)
    with pytest.raises(GradcheckError, match="the backward pass is not deterministic"):
        gradgradcheck(Scaled.apply, double(1.0, 2.0))


@pytest.mark.parametrize(
    "rule",
    [
        lambda g: 2 * g * g,
        lambda g: 2 * g.abs(),
        lambda g: 2 * g.clamp(-1, 1),
        lambda g: 2 * g.relu(),
        lambda g: 2 * g * (g < 50),
        lambda g: 2 * g + (g > 5),
        lambda g: 2 * g.sign(),
        lambda g: 2 * g.round(),
    ],
)
def test_a_backward_is_linear(rule, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scaled, "rule", staticmethod(rule))
    for x in (double(1.0, -2.0, 0.5), double(3.0)):
        with pytest.raises(GradcheckError, match=r"not linear in the gradient it is given|is not deterministic"):
            gradcheck(Scaled.apply, x)


def test_fast_mode() -> None:
    x, y = double(0.5, 1.5), double(2.0, 3.0)
    assert gradcheck(lambda x, y: (x * y, x.sin() / y), (x, y), fast_mode=True)
    assert gradgradcheck(lambda x, y: (x * y, x.sin() / y), (x, y), fast_mode=True)
    assert gradcheck(autograd.relu, double(0.0, 1.0), fast_mode=True)
    z = autograd.tensor([1 + 2j, 0.5 - 1j], dtype=autograd.complex128, requires_grad=True)
    assert gradcheck(lambda z: (z * z.exp()).conj(), z, fast_mode=True)
    assert gradgradcheck(lambda z: (z * z.exp()).conj(), z, fast_mode=True)
    with pytest.raises(GradcheckError, match=r"derivative by input 1: .*\n.*\n.*\nfast_mode=False"):
        gradcheck(Half.apply, (x, y), fast_mode=True)
    with pytest.raises(GradcheckError):
        gradcheck(lambda z: z.detach() * z, z, fast_mode=True)
    calls = []

    def counted(x):
        calls.append(0)
        return x.sin()

    assert gradcheck(counted, autograd.rand(50, dtype=autograd.float64).requires_grad_(), fast_mode=True)
    assert len(calls) < 10


class Pair(autograd.Function):
    """2 x and 3 x, whose backward forgets the second if the first gradient is undefined."""

    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 2, x * 3

    @staticmethod
    def backward(ctx, a, b):
        return None if a is None else 2 * a + (0 if b is None else 3 * b)


def test_undefined_gradients() -> None:
    both_raise("undefined gradients of some outputs do not count as zeros", Pair.apply, double(1.0, 2.0))
    for fast in (False, True):
        assert gradcheck(Pair.apply, double(1.0, 2.0), check_undefined_grad=False, fast_mode=fast)


def test_grad_dtypes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine brings what a backward returns to the input's dtype, as torch does."""
    monkeypatch.setattr(Scaled, "rule", staticmethod(lambda g: (2 * g).float()))
    for fast in (False, True):
        assert gradcheck(Scaled.apply, double(1.0), check_grad_dtypes=True, fast_mode=fast)
    monkeypatch.setattr(Scaled, "rule", staticmethod(lambda g: g * (2 + 0j)))
    with pytest.raises(GradcheckError, match=r"is complex, the input autograd\.float64"):
        gradcheck(Scaled.apply, double(1.0), check_grad_dtypes=True)


def test_grad_outputs() -> None:
    x = double(0.5, 1.5)
    seen = []

    class Sees(Scaled):
        @staticmethod
        def backward(ctx, g):
            seen.append(g.is_contiguous())
            return 2 * g

    assert gradgradcheck(Sees.apply, x, gen_non_contig_grad_outputs=True)
    matrix = autograd.rand(2, 3, dtype=autograd.float64).requires_grad_()
    seen.clear()
    assert gradgradcheck(Sees.apply, matrix)
    contiguous = seen[0]
    seen.clear()
    assert gradgradcheck(Sees.apply, matrix, gen_non_contig_grad_outputs=True)
    if autograd.get_default_device() == "cpu":
        assert contiguous
        assert not seen[0]
    assert gradgradcheck(lambda x: (x.sin(), x > 0, x.exp()), x, (double(1.0, 2.0), double(3.0, 4.0)))


def test_outputs_without_a_gradient() -> None:
    x = double(0.5, 1.5)
    assert gradcheck(lambda x: (x * 2, x.detach() * 3, x > 0), x)
    assert gradcheck(lambda x: x > 0, x)
    with pytest.raises(GradcheckError, match="the output does not require grad"):
        gradcheck(lambda x: x.detach() * 3, x)


def test_kinks() -> None:
    """Any slope between those from both sides will do, and they must go together."""
    x, y = double(0.0, 1.0, -1.0), double(0.0, 1.0, 2.0)
    assert gradcheck(lambda x: x.relu() + x.abs(), x)
    assert gradcheck(autograd.maximum, (x, y))
    assert gradcheck(autograd.amax, double(1.0, 1.0, 1.0))
    assert gradcheck(autograd.floor, x)

    class Both(autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.save_for_backward(x, y)
            return x.maximum(y)

        @staticmethod
        def backward(ctx, g):
            x, y = ctx.saved_tensors
            return g * (x >= y), g * (y >= x)

    with pytest.raises(GradcheckError, match="along a random direction in all inputs"):
        gradcheck(Both.apply, (x, y))
    with pytest.raises(GradcheckError, match=r"a kink or a jump: the slope is 3 below this point and 4 above it"):
        gradcheck(lambda x: x.relu() + x.detach() * 3, double(0.0))


def test_float32_with_larger_steps() -> None:
    x = autograd.tensor([0.5, 1.0], requires_grad=True)
    assert gradcheck(autograd.sin, x, eps=1e-3, atol=1e-2)
    with pytest.raises(GradcheckError):
        gradcheck(lambda x: x * x.detach(), x, eps=1e-3, atol=1e-2)
    with pytest.raises(GradcheckError, match="output 0 is autograd.float32, too coarse"):
        gradcheck(lambda x: x.float().sin(), double(1.0))


def test_an_error_in_a_backward_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def rule(g):
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(Scaled, "rule", staticmethod(rule))
    with pytest.raises(GradcheckError, match="the backward pass raised ZeroDivisionError: by nothing") as caught:
        gradcheck(Scaled.apply, double(1.0))
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_a_gradient_changed_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scaled, "rule", staticmethod(lambda g: g.mul_(2)))
    both_raise("changed the gradient it was given", Scaled.apply, double(1.0, 2.0))


def test_versions_and_random_numbers_are_left_alone() -> None:
    x = double(0.5, 1.5)
    other = (x * x).sum()  # saves x
    before = autograd.get_rng_state()
    assert gradcheck(lambda x: x**3, x)
    assert gradgradcheck(lambda x: x**3, x)
    other.backward()
    assert x.grad.tolist() == [1.0, 3.0]
    assert str(autograd.get_rng_state()) == str(before)


def test_what_a_closure_holds_is_varied() -> None:
    """gradcheck(lambda *_: model(x), model.parameters()), as torch's users write it."""
    weight = autograd.tensor([1 + 2j, 0.5 - 1j], dtype=autograd.complex128, requires_grad=True)
    assert gradcheck(lambda *_: weight * weight, weight)
    with autograd.no_grad():
        assert gradcheck(lambda *_: weight * weight, weight)


@pytest.mark.cpu_only
def test_as_torch_checks_it() -> None:
    """What torch passes passes here, and what it refuses is refused, but kinks; a backward that isn't linear torch misses."""
    torch = torch_or_skip()

    def verdicts(make):
        found = []
        for library in (autograd, torch):
            x = library.tensor([0.5, -1.5, 2.0], dtype=library.float64, requires_grad=True)
            found.append(library.autograd.gradcheck(make(library), x, raise_exception=False))
        return found

    def function(library, backward):
        class Made(library.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x)
                return x.sin()

            @staticmethod
            def backward(ctx, g):
                return backward(ctx.saved_tensors[0], g)

        return Made.apply

    assert verdicts(lambda t: t.exp) == [True, True]
    assert verdicts(lambda t: lambda x: (x.sin(), x.detach())) == [True, True]
    assert verdicts(lambda t: lambda x: x.detach() * x) == [False, False]
    assert verdicts(lambda t: lambda x: t.nn.functional.dropout(x)) == [False, False]
    assert verdicts(lambda t: function(t, lambda x, g: g * x.cos())) == [True, True]
    assert verdicts(lambda t: function(t, lambda x, g: g * x.sin())) == [False, False]
    assert verdicts(lambda t: function(t, lambda x, g: g * g * x.cos())) == [False, True]

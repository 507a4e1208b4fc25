"""Transforms of short pieces of a signal."""

from __future__ import annotations

from ..engine.errors import OperationError
from ..engine.tensor import Tensor
from .complex import view_as_real
from .creation import arange, ones, zeros
from .fourier import half_transform, real_transform, transform
from .operation import operation
from .padding import pad as pad_by, pad_constant
from .shape import narrow, reshape, transpose, unsqueeze


def _window(name: str, window: Tensor | None, win_length: int, n_fft: int, like: Tensor) -> Tensor:
    if not 0 < win_length <= n_fft:
        raise OperationError(f"{name}: expected 0 < win_length <= n_fft, got {win_length} and {n_fft}")
    real = like.dtype.to_real()
    window = ones(win_length, dtype=real, device=like.device) if window is None else window
    if tuple(window.shape) != (win_length,):
        raise OperationError(f"{name}: expected a window of shape ({win_length},), got {tuple(window.shape)}")
    left = (n_fft - win_length) // 2
    return pad_constant(window, (left, n_fft - win_length - left))


@operation
def stft(
    input: Tensor,
    n_fft: int,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Tensor | None = None,
    center: bool = True,
    pad_mode: str = "reflect",
    normalized: bool = False,
    onesided: bool | None = None,
    return_complex: bool | None = None,
    align_to_window: bool | None = None,
) -> Tensor:
    """The spectra of windows of n_fft samples, hop_length (n_fft // 4) apart: (*, t) -> (*, frequencies, windows)."""
    if input.ndim not in (1, 2):
        raise OperationError(f"stft: expected a signal (t,) or (n, t), got shape {tuple(input.shape)}")
    hop = n_fft // 4 if hop_length is None else hop_length
    onesided = (
        not input.is_complex() and not (window is not None and window.is_complex()) if onesided is None else onesided
    )
    if return_complex is None:
        if not input.is_complex() and not (window is not None and window.is_complex()):
            raise RuntimeError("stft: return_complex must be given for real inputs; True gives complex numbers")
        return_complex = True
    taper = _window("stft", window, n_fft if win_length is None else win_length, n_fft, input)
    x = input if input.ndim == 2 else unsqueeze(input, 0)
    if center:
        x = pad_by(unsqueeze(x, 1), (n_fft // 2, n_fft // 2), mode=pad_mode)[:, 0]
    if n_fft > x._array.shape[-1] or hop < 1:
        raise OperationError(f"stft: windows of {n_fft} samples, {hop} apart, in {x._array.shape[-1]}")
    frames = x.unfold(-1, n_fft, hop) * taper
    norm = "ortho" if normalized else "backward"
    if onesided:
        spectra = half_transform(frames, 2, norm)
    else:
        spectra = transform(frames.to(frames.dtype.to_complex()), (2,), False, norm)
    found = transpose(spectra, 1, 2)
    found = found if input.ndim == 2 else found[0]
    return found if return_complex else view_as_real(found)


@operation
def istft(
    input: Tensor,
    n_fft: int,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Tensor | None = None,
    center: bool = True,
    normalized: bool = False,
    onesided: bool | None = None,
    length: int | None = None,
    return_complex: bool = False,
) -> Tensor:
    """The signal whose `stft` is nearest to this one: windows added up, divided by the sum of squared windows."""
    if not input.is_complex() or input.ndim not in (2, 3):
        raise OperationError(
            f"istft: expected complex spectra (frequencies, windows), got {input.dtype}{list(input.shape)}"
        )
    hop = n_fft // 4 if hop_length is None else hop_length
    spectra = transpose(input if input.ndim == 3 else unsqueeze(input, 0), 1, 2)
    count = spectra._array.shape[1]
    onesided = spectra._array.shape[2] != n_fft if onesided is None else onesided
    if spectra._array.shape[2] != (n_fft // 2 + 1 if onesided else n_fft):
        raise OperationError(f"istft: {spectra._array.shape[2]} frequencies do not fit n_fft = {n_fft}")
    taper = _window("istft", window, n_fft if win_length is None else win_length, n_fft, input)
    norm = "ortho" if normalized else "backward"
    if return_complex:
        frames = transform(spectra, (2,), True, norm)
    else:
        frames = real_transform(narrow(spectra, 2, 0, n_fft // 2 + 1), n_fft, 2, norm)
    total = n_fft + hop * (count - 1)
    places = unsqueeze(arange(count, device=input.device) * hop, 1) + arange(n_fft, device=input.device)
    places = reshape(places, -1)

    def added(frames: Tensor) -> Tensor:
        flat = reshape(frames, (frames._array.shape[0], -1))
        blank = zeros(flat._array.shape[0], total, dtype=flat.dtype, device=flat.device)
        return blank.index_add(1, places, flat)

    signal = added(frames * taper)
    squares = added((taper * taper).expand(1, count, n_fft))
    start = n_fft // 2 if center else 0
    end = total - (n_fft // 2 if center else 0) if length is None else min(start + length, total)
    signal, squares = narrow(signal, 1, start, end - start), narrow(squares, 1, start, end - start)
    if squares.is_cpu and bool((abs(squares) <= 1e-11).any()):
        raise OperationError("istft: the windows leave samples uncovered (window overlap add min: 1)")
    found = signal / squares
    if length is not None and length > end - start:
        found = pad_constant(found, (0, length - (end - start)))
    return found if input.ndim == 3 else found[0]

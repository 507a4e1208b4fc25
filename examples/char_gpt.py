"""Trains a small GPT to write, letter by letter, like the help texts that every Python carries.

The text is `pydoc_data.topics`, some half a million characters. The run writes a checkpoint every
`--every` steps; started again with the same arguments it goes on from there.

    python examples/char_gpt.py [--steps 1000] [--device cuda] [--checkpoint out/char_gpt.safetensors]
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from pathlib import Path
from pydoc_data.topics import topics

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # runs from a checkout without an install

from tqdm import tqdm

import autograd
import optim
from autograd.data import DataLoader, Dataset
from nn.models import GPT


class Characters(Dataset):
    """Pieces of a text as numbers, (T,), and the same pieces one character later."""

    def __init__(self, text: str, alphabet: str, length: int) -> None:
        numbers = {character: i for i, character in enumerate(alphabet)}
        self.tokens = autograd.tensor([numbers[character] for character in text])
        self.length = length

    def __len__(self) -> int:
        return len(self.tokens) - self.length

    def __getitem__(self, index: int) -> tuple[autograd.Tensor, autograd.Tensor]:
        piece = self.tokens[index : index + self.length + 1]
        return piece[:-1], piece[1:]


def warm_then_cosine(steps: int, warm: int = 50) -> Callable[[int], float]:
    """The learning rate's factor: up along a line, down along a cosine to a tenth."""

    def factor(step: int) -> float:
        if step < warm:
            return (step + 1) / warm
        return 0.55 + 0.45 * math.cos(math.pi * min(1.0, (step - warm) / max(1, steps - warm)))

    return factor


@autograd.no_grad()
def held_out_loss(model: GPT, data: Characters, device: str, batches: int = 8) -> float:
    """The mean loss on pieces that training never saw."""
    model.eval()
    starts = [i * (len(data) - 1) // (batches * 16) for i in range(batches * 16)]
    losses = []
    for first in range(0, len(starts), 16):
        pairs = [data[i] for i in starts[first : first + 16]]
        x, y = (autograd.stack(list(side)).to(device) for side in zip(*pairs, strict=True))
        losses.append(model(x, y)[1].item())
    model.train()
    return sum(losses) / len(losses)


def main(arguments: list[str] | None = None) -> tuple[float, float]:
    """Trains, prints what it writes, returns the held-out loss before and after."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--length", type=int, default=64, help="how many characters it looks back")
    parser.add_argument("--layers", type=int, default=3)
    parser.add_argument("--width", type=int, default=96)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--checkpoint", type=Path, help="a file to write, and to go on from if it is there")
    parser.add_argument("--every", type=int, default=100, help="steps between checkpoints")
    options = parser.parse_args(arguments)

    autograd.manual_seed(options.seed)
    text = "\n\n".join(topics[name] for name in sorted(topics))
    alphabet = "".join(sorted(set(text)))
    split = len(text) * 9 // 10
    training, held_out = (Characters(part, alphabet, options.length) for part in (text[:split], text[split:]))

    model = GPT(len(alphabet), options.length, options.layers, 4, options.width, dropout=0.1).to(options.device)
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters, {len(text):,} characters, {len(alphabet)} kinds")
    decayed = [p for p in model.parameters() if p.dim() >= 2]
    others = [p for p in model.parameters() if p.dim() < 2]
    groups = [{"params": decayed, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]
    optimizer = optim.AdamW(groups, lr=options.lr, betas=(0.9, 0.99))
    scheduler = optim.lr_scheduler.LambdaLR(optimizer, warm_then_cosine(options.steps))
    loader = DataLoader(training, batch_size=options.batch, shuffle=True, drop_last=True)

    parts = {"model": model, "optimizer": optimizer, "scheduler": scheduler, "loader": loader}
    done, before = 0, held_out_loss(model, held_out, options.device)
    if options.checkpoint is not None and options.checkpoint.exists():
        done = autograd.load_checkpoint(options.checkpoint, map_location=options.device, **parts)["steps"]
        print(f"going on from step {done}")

    progress = tqdm(total=options.steps, initial=done, unit="step", file=sys.stdout, mininterval=1.0)
    while done < options.steps:
        for x, y in loader:
            optimizer.zero_grad()
            _, loss = model(x.to(options.device), y.to(options.device))
            loss.backward()
            optimizer.step()
            scheduler.step()
            done += 1
            progress.update()
            if done % 50 == 0:
                progress.set_postfix(loss=f"{loss.item():.3f}")
            if options.checkpoint is not None and (done % options.every == 0 or done == options.steps):
                options.checkpoint.parent.mkdir(parents=True, exist_ok=True)
                autograd.save_checkpoint(options.checkpoint, **parts, steps=done)
            if done == options.steps:
                break
    progress.close()

    after = held_out_loss(model, held_out, options.device)
    print(f"held-out loss: {before:.3f} before, {after:.3f} after ({math.log(len(alphabet)):.3f} by guessing)")
    start = autograd.tensor([[alphabet.index(character) for character in "The "]]).to(options.device)
    written = model.generate(start, 300, temperature=0.8, top_k=20)[0].tolist()
    print("".join(alphabet[i] for i in written))
    return before, after


if __name__ == "__main__":
    main()

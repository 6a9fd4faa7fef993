"""Times a training batch of the modulation network in PyTorch: a scripted loop over the
samples of a context, smooth L1, gradients clipped by value, Adam. Written from the
paper's equations for Unmix Lab's `bench --against`; prints one line of JSON.

Letters: B rows, T samples, S sources, H LSTM cells. Usage: rows samples cells batches.
"""
import json
import math
import statistics
import sys
import time
from typing import List, Tuple

import torch
from torch import Tensor

B, T, H, BATCHES = map(int, sys.argv[1:5])
S = 2


class Modulator(torch.nn.Module):
    """An LSTM that sees stimuli and outputs; its readout scales the weights W0."""

    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTMCell(2 * S, H)
        self.out = torch.nn.Linear(H, S * S)
        bound = H**-0.5
        for p in self.out.parameters():
            torch.nn.init.uniform_(p, -bound, bound)
        self.register_buffer("fixed", 1 + 0.001 * torch.randn(S, S))

    def forward(self, x: Tensor, h: Tensor, c: Tensor, w: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
        outputs: List[Tensor] = []
        for t in range(x.size(0)):
            y = torch.bmm(w, x[t].unsqueeze(2)).squeeze(2)
            h, c = self.lstm(torch.cat([x[t], y], 1), (h, c))
            w = self.fixed * self.out(h).view(-1, self.fixed.size(0), self.fixed.size(1))
            outputs.append(y)
        return torch.stack(outputs), h, c, w


def batch():
    """Sources of two chords at random phases, and a context for each row."""
    t = torch.arange(T) / 8000
    p = torch.rand(S) * 2
    chords = ((100, 125), (150, 210))
    s = torch.stack([sum(torch.sin(2 * math.pi * f * (t + p[j])) for f in chord) / 2 for j, chord in enumerate(chords)], 1)
    a = torch.rand(B, S, S)
    a = a / a.sum(2, keepdim=True)
    return torch.einsum("bij,tj->tbi", a, s), s


torch.manual_seed(1)
net = torch.jit.script(Modulator())
adam = torch.optim.Adam(net.parameters(), lr=1e-3)
h, c, w = torch.zeros(B, H), torch.zeros(B, H), torch.zeros(B, S, S)
seconds = []
for n in range(BATCHES + 2):
    x, s = batch()
    begin = time.perf_counter()
    y, h, c, w = net(x, h, c, w)
    loss = torch.nn.functional.smooth_l1_loss(y, s[:, None, :].expand_as(y), reduction="none").mean((1, 2)).sum()
    adam.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_value_(net.parameters(), 1)
    adam.step()
    h, c, w = h.detach(), c.detach(), w.detach()
    if n >= 2:
        seconds.append(time.perf_counter() - begin)
print(json.dumps({"name": "PyTorch, scripted loop", "version": torch.__version__, "seconds": statistics.median(seconds), "loss": loss.item()}))

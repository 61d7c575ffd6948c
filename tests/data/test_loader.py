import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ganstudio.data.dataset import Dataset
from ganstudio.data.loader import BatchLoader
from ganstudio.errors import UserError

CPU = torch.device("cpu")
counts = st.integers(1, 40)
seeds = st.integers(0, 2**32)


def numbered(count):
    """Points that carry their number."""
    return Dataset("points", np.stack([np.arange(count), np.zeros(count)], axis=1).astype(np.float32))


def drawn(loader, batches):
    return [int(i) for _ in range(batches) for i in loader.next_batch().samples[:, 0]]


@settings(max_examples=60, deadline=None)
@given(count=counts, batch=st.integers(1, 50), seed=seeds)
def test_every_epoch_is_a_permutation_and_every_batch_is_full(count, batch, seed):
    loader = BatchLoader(numbered(count), batch, seed, CPU)
    sequence = []
    while len(sequence) < 3 * count:
        got = drawn(loader, 1)
        assert len(got) == batch
        sequence += got
    for start in range(0, len(sequence) - count + 1, count):
        assert sorted(sequence[start : start + count]) == list(range(count))


@settings(max_examples=60, deadline=None)
@given(count=counts, batch=st.integers(1, 50), seed=seeds, other=seeds, before=st.integers(0, 12))
def test_restored_at_any_position_it_continues_identically(count, batch, seed, other, before):
    loader = BatchLoader(numbered(count), batch, seed, CPU)
    drawn(loader, before)
    state = loader.state()
    numbers = json.loads(json.dumps(state["numbers"]))
    expected = drawn(loader, 8)
    fresh = BatchLoader(numbered(count), batch, other, CPU)
    drawn(fresh, 3)
    fresh.restore({"numbers": numbers, "tensors": state["tensors"]})
    assert drawn(fresh, 8) == expected
    assert fresh.state()["numbers"] == loader.state()["numbers"]
    assert np.array_equal(fresh.state()["tensors"]["generator"], loader.state()["tensors"]["generator"])


def test_state_is_a_snapshot_and_small():
    loader = BatchLoader(numbered(10_000), 64, 0, CPU)
    state = loader.state()
    copy = state["tensors"]["generator"].copy()
    drawn(loader, 200)
    assert np.array_equal(state["tensors"]["generator"], copy)
    assert state["tensors"]["generator"].dtype == np.uint8
    assert state["tensors"]["generator"].nbytes < 10_000


def test_the_seed_decides_the_order_and_epochs_differ():
    first, same, other = (drawn(BatchLoader(numbered(50), 50, seed, CPU), 2) for seed in (1, 1, 2))
    assert first == same
    assert first != other
    assert first[:50] != first[50:]


def pictures(count, margin=0):
    """Images (1, 4, 4) whose pixels tell their number and place; their wide form where there is a margin."""
    side = 4 + 2 * margin
    places = np.arange(side * side).reshape(1, side, side)
    wide = (np.arange(count).reshape(-1, 1, 1, 1) * 64 + places).astype(np.uint8)
    if not margin:
        return Dataset("x", wide)
    return Dataset("x", wide[:, :, margin:-margin, margin:-margin], wide=wide)


def pixels(batch):
    return ((batch + 1) * 127.5).round().to(torch.uint8)


def test_images_are_mirrored_by_chance_and_by_nothing_else():
    data = pictures(4)
    loader = BatchLoader(replace(data, mirror=True), 4, 0, CPU)
    mirrored = 0
    for _ in range(200):
        for image in pixels(loader.next_batch().samples):
            original = data.array[int(image.min()) // 64]
            is_mirrored = np.array_equal(image, original[..., ::-1])
            assert is_mirrored or np.array_equal(image, original)
            mirrored += is_mirrored
    assert 340 < mirrored < 460  # 800 draws, five standard deviations around half


def test_every_window_of_a_wide_image_is_seen():
    data = pictures(2, margin=1)
    loader = BatchLoader(data, 2, 0, CPU)
    seen = set()
    for _ in range(100):
        for image in pixels(loader.next_batch().samples):
            number, corner = divmod(int(image[0, 0, 0]), 64)
            top, left = divmod(corner, 6)
            assert np.array_equal(image, data.wide[number, :, top : top + 4, left : left + 4])
            seen.add((number, top, left))
    assert len(seen) == 2 * 3 * 3


def test_probes_see_the_centre_unmirrored():
    data = replace(pictures(3, margin=1), mirror=True)
    loader = BatchLoader(data, 2, 0, CPU)
    for image in pixels(loader.draw(20, torch.Generator().manual_seed(0))):
        assert any(np.array_equal(image, original) for original in data.array)


@settings(max_examples=30, deadline=None)
@given(
    count=st.integers(1, 4), batch=st.integers(1, 9), mirror=st.booleans(), margin=st.integers(0, 2),
    before=st.integers(0, 9),
)  # fmt: skip
def test_mirrored_and_moved_images_continue_identically(count, batch, mirror, margin, before):
    data = replace(pictures(count, margin), mirror=mirror)
    loader, fresh = BatchLoader(data, batch, 1, CPU), BatchLoader(data, batch, 2, CPU)
    for _ in range(before):
        loader.next_batch()
    fresh.restore(loader.state())
    for _ in range(6):
        assert torch.equal(loader.next_batch().samples, fresh.next_batch().samples)


def test_mirroring_starts_from_the_same_order():
    data = pictures(4)
    plain, mirrored = (BatchLoader(replace(data, mirror=m), 4, 7, CPU) for m in (False, True))
    numbers = [pixels(x.next_batch().samples).flatten(1).amin(1).tolist() for x in (plain, mirrored)]
    assert numbers[0] == numbers[1]


def test_the_order_leaves_other_generators_alone():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    drawn(BatchLoader(numbered(10), 4, 1, CPU), 10)
    assert torch.equal(torch.get_rng_state(), before)


def test_images_span_minus_one_to_one():
    array = np.array([0, 255, 51], dtype=np.uint8).reshape(3, 1, 1, 1)
    batch = BatchLoader(Dataset("x", array), 3, 0, CPU).next_batch().samples
    assert batch.dtype == torch.float32
    assert batch.flatten().sort().values.tolist() == pytest.approx([-1.0, 51 / 127.5 - 1, 1.0])


def test_batches_do_not_share_memory_with_the_data():
    data = numbered(4)
    BatchLoader(data, 4, 0, CPU).next_batch().samples.fill_(99)
    assert data.array.max() == 3


def test_read_only_and_strided_data_are_taken():
    array = np.zeros((2, 3, 4, 4), dtype=np.uint8).transpose(0, 1, 3, 2)
    array.flags.writeable = False
    assert BatchLoader(Dataset("x", array), 2, 0, CPU).next_batch().samples.shape == (2, 3, 4, 4)


def test_drawing_for_a_probe_keeps_the_position():
    plain, probed = (BatchLoader(numbered(30), 7, 4, CPU) for _ in range(2))
    generator = torch.Generator().manual_seed(0)
    for _ in range(5):
        assert probed.draw(100, generator).shape == (100, 2)
        assert drawn(plain, 1) == drawn(probed, 1)


def test_epochs_are_counted():
    loader = BatchLoader(numbered(10), 4, 0, CPU)
    drawn(loader, 2)
    assert loader.epoch == 0
    drawn(loader, 1)
    assert loader.epoch == 1
    assert len(loader) == 10


def test_changed_data_are_refused():
    state = BatchLoader(numbered(10), 4, 0, CPU).state()
    with pytest.raises(UserError, match="there were 10 samples when this was saved and there are 11 now"):
        BatchLoader(numbered(11), 4, 0, CPU).restore(state)


@pytest.mark.parametrize(
    ("numbers", "generator"),
    [
        ({"cursor": 11}, None),
        ({"cursor": -1}, None),
        ({"epoch": -1}, None),
        ({}, np.zeros(3, dtype=np.uint8)),
        ({}, np.zeros(5056, dtype=np.uint8)),
    ],
)
def test_a_damaged_position_is_refused_and_changes_nothing(numbers, generator):
    loader, untouched = (BatchLoader(numbered(10), 4, 0, CPU) for _ in range(2))
    state = loader.state()
    state["numbers"].update(numbers)
    if generator is not None:
        state["tensors"]["generator"] = generator
    with pytest.raises(UserError, match="position in the data is damaged"):
        loader.restore(state)
    assert drawn(loader, 6) == drawn(untouched, 6)


@pytest.mark.parametrize(("count", "batch"), [(0, 4), (4, 0)])
def test_no_data_or_no_batch_is_a_fault(count, batch):
    with pytest.raises(ValueError, match="needs samples and a batch"):
        BatchLoader(numbered(count), batch, 0, CPU)


def labelled(count, classes):
    """Points that carry their number, and its remainder as their label."""
    return replace(numbered(count), labels=np.arange(count) % classes)


@settings(max_examples=60, deadline=None)
@given(count=counts, batch=st.integers(1, 50), seed=seeds, classes=st.integers(1, 5))
def test_every_sample_brings_its_own_label_and_labels_change_no_order(count, batch, seed, classes):
    loader = BatchLoader(labelled(count, classes), batch, seed, CPU, labelled=True)
    plain = BatchLoader(labelled(count, classes), batch, seed, CPU)
    for _ in range(4):
        samples, labels = loader.next_batch()
        assert torch.equal(labels, samples[:, 0].long() % classes)
        without = plain.next_batch()
        assert torch.equal(without.samples, samples)
        assert without.labels is None


def test_samples_of_asked_classes_are_drawn_without_moving():
    loader, untouched = (BatchLoader(labelled(40, 4), 4, 0, CPU, labelled=True) for _ in range(2))
    asked = torch.tensor([3, 0, 0, 2, 3, 1] * 100)
    samples = loader.draw_of(asked, torch.Generator().manual_seed(1))
    assert torch.equal(samples[:, 0].long() % 4, asked)
    assert len(set(samples[:, 0].tolist())) == 40  # all of the data can be drawn
    loader.draw_labels(10, torch.Generator())
    assert drawn(loader, 20) == drawn(untouched, 20)


def test_labels_that_are_not_there_are_a_fault():
    with pytest.raises(ValueError, match="points has no labels"):
        BatchLoader(numbered(5), 2, 0, CPU, labelled=True)
    with pytest.raises(ValueError, match="no labels"):
        BatchLoader(numbered(5), 2, 0, CPU).draw_of(torch.tensor([1]), torch.Generator())


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_the_order_is_the_same_on_cuda():
    assert drawn(BatchLoader(numbered(50), 7, 3, torch.device("cuda")), 20) == drawn(
        BatchLoader(numbered(50), 7, 3, CPU), 20
    )

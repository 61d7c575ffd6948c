"""Slow motion, as a person chooses it."""

from window_use import PATIENCE, MakeWindow, open_ring, wait_for

from ganstudio.ui.training import RunState


def test_slow_motion_shows_each_stage_and_full_speed_ends_it(qtbot, make_window: MakeWindow):
    window = make_window()
    open_ring(qtbot, window)
    panel = window.workspace.panels["algorithm"]
    window.actions_by_name["stages_10"].trigger()
    assert window.toolbar.speed_button.text().startswith("10 stages/s")
    assert not panel.visibleRegion().isEmpty()
    seen = set()

    def look(_events: object) -> bool:
        seen.update(row.line.stage for row in panel.rows if row.is_lit)
        return len(seen) >= 5

    with qtbot.waitSignal(window.controller.received, timeout=PATIENCE, check_params_cb=look):
        window.actions_by_name["train"].trigger()
    assert window.controller.meter.pace.iteration == 0
    window.actions_by_name["full_speed"].trigger()
    qtbot.waitUntil(lambda: window.controller.meter.pace.iteration > 5, timeout=PATIENCE)
    window.actions_by_name["stop"].trigger()
    wait_for(qtbot, window, RunState.IDLE)

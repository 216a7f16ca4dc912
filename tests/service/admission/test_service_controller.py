"""The controller on real servers: what it calls, and what it tells.

Seconds pass when the test says so. What this cannot prove is that a second lasts one; `run` is tried elsewhere.
"""

from app.admission.values import Controls


def test_an_opening_goes_from_the_prequeue_to_the_end(night):
    async def play(one):
        controller = one.controller()
        one.clock.at_s -= 3600
        await one.second(controller)
        assert (await one.document()).phase == "before"

        one.clock.at_s += 3600
        await one.second(controller)
        told = await one.document()
        assert (told.phase, told.draw.secret, told.serving) == ("prequeue", None, 0)

        await one.join(250)
        await one.to_the_doors()
        await one.second(controller)
        told = await one.document()
        assert (told.phase, told.draw.prequeue, told.joined, told.serving) == ("open", 250, 250, 100)
        assert told.draw.secret is not None

        await one.second(controller)
        await one.second(controller)
        assert (await one.document()).serving == 250, "nobody is called who has not joined"
        assert (await one.snapshot())["binding"] == "line"

        one.clock.at_s += 5 * 3600
        await one.second(controller)
        assert (await one.document()).phase == "closed"

    night(play)


def test_nobody_is_called_while_operators_pause_and_half_as_many_at_half_the_share(night):
    async def play(one):
        controller = one.controller()
        await one.second(controller)
        await one.join(1000)
        await one.to_the_doors()
        one.controls = Controls(paused=True, announcement={"en": "Wait"})
        await one.seconds(3, controller)
        told = await one.document()
        assert (told.phase, told.serving, told.announcement) == ("paused", 0, {"en": "Wait"})

        one.controls = Controls(share=0.5)
        await one.second(controller)
        assert (await one.document()).serving == 50
        one.controls = Controls()
        await one.second(controller)
        assert (await one.document()).serving == 150

    night(play)

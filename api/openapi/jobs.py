"""What the document says of /predict and /jobs."""

from api.jobs.routes import JobsQuery
from api.openapi.parts import Piece, answer, binary, header, path, problems, query, sent
from api.uploads.predict import PredictQuery

JOB_ID = path("job_id", "The job's id.", type="string", pattern="^[0-9a-f]{24}$")
SHOT = path("shot", "The shot, counted from 0.", type="integer", minimum=0, maximum=2**31 - 1)
FRAME = path("k", "The frame, 0 to 7.", type="integer", minimum=0, maximum=7)
UNKNOWN = "There is no job with this id: it was never made, was deleted, or has expired."
NO_QUEUE = "The job queue does not answer. Try again in a minute."
OF_A_JOB = {
    name: {"operationId": name, "parameters": {"path.job_id": "$response.body#/id"}}
    for name in ("showJob", "deleteJob", "showVideo")
}
RUNNING = {
    "Location": sent("The job's address."),
    "Retry-After": sent("Seconds after which to ask again."),
    "Preference-Applied": sent("The wait that was granted."),
}
BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary"}},
            },
            "encoding": {"file": {"contentType": "video/mp4"}},
        },
        "video/mp4": {"schema": {}},
    },
}


def paths() -> Piece:
    """The operations by address and method."""
    return {
        "/predict": {"post": _predict()},
        "/jobs": {"get": _list()},
        "/jobs/{job_id}": {"get": _show(), "delete": _delete()},
        "/jobs/{job_id}/events": {"get": _events()},
        "/jobs/{job_id}/shots/{shot}/frames/{k}.jpg": {"get": _frame()},
        "/jobs/{job_id}/shots/{shot}/camera": {"get": _camera()},
        "/jobs/{job_id}/video": {"get": _video()},
    }


def _predict() -> Piece:
    return {
        "operationId": "predict",
        "summary": "Find the shots of a video",
        "description": (
            "Send one video (MP4, MOV, M4V, MKV, WebM, AVI or MPEG-TS) as the multipart field `file`, or alone as the "
            "body with a `video/*` media type. The answer is the job; ask for it until its state is `done`, or wait."
        ),
        "tags": ["jobs"],
        "parameters": [
            *query(PredictQuery),
            header("Prefer", "`wait=N`: wait up to N seconds for the result (RFC 7240).", examples=["wait=120"]),
            header(
                "Idempotency-Key",
                "The same key and request within a day give the same job, however often they are sent.",
                pattern="^[\\x21-\\x7e]{1,255}$",
            ),
        ],
        "requestBody": BODY,
        "responses": {
            "200": answer(
                "The result, for a client that waited.",
                "JobResult",
                {"ETag": sent("Of this result."), "Preference-Applied": RUNNING["Preference-Applied"]},
            ),
            "202": answer("The job that was made.", "JobResult", RUNNING, example=EXAMPLE) | {"links": OF_A_JOB},
            **problems(
                s400="The video is missing: send it as multipart/form-data, as the file of a field named `file`.",
                s410="The job was deleted before it was done.",
                s413="The video is too large: at most 2 GB are accepted.",
                s415="That is not a video that is accepted here: MP4, MOV, M4V, MKV, WebM, AVI and MPEG-TS are.",
                s422="The file holds no video, only sound.",
                s500="The video could not be stored. The operator finds the reason in the log.",
                s503=NO_QUEUE,
                s507="There is not enough room on the server for this video. Try a smaller one, or later.",
            ),
        },
    }


def _list() -> Piece:
    return {
        "operationId": "listJobs",
        "summary": "List all jobs, newest first",
        "tags": ["jobs"],
        "parameters": query(JobsQuery),
        "responses": {
            "200": answer("A page of jobs.", "JobPage"),
            **problems(
                s422="The parameter 'limit' is wrong: input should be less than or equal to 200.", s503=NO_QUEUE
            ),
        },
    }


def _show() -> Piece:
    return {
        "operationId": "showJob",
        "summary": "Tell state, progress, and the shots found so far",
        "description": "Shots appear while the rest of the video is still being cut; their labels follow.",
        "tags": ["jobs"],
        "parameters": [JOB_ID, header("If-None-Match", "The ETag of a finished job that is known already.")],
        "responses": {
            "200": answer(
                "What is known by now; a failed job says why in `error`.",
                "JobResult",
                {"ETag": sent("Of a finished job."), "Retry-After": RUNNING["Retry-After"]},
                example=EXAMPLE,
            ),
            "304": answer("It is known already."),
            **problems(s404=UNKNOWN, s503=NO_QUEUE),
        },
    }


def _events() -> Piece:
    return {
        "operationId": "watchJob",
        "summary": "Stream state, progress, and each shot when it is predicted",
        "description": (
            "Server-sent events: `state` (state, progress, error), `progress` (progress), `shot` (as in the result). "
            "The stream ends with the job, and after a minute; a browser's EventSource then goes on by itself."
        ),
        "tags": ["jobs"],
        "parameters": [
            JOB_ID,
            header("Last-Event-ID", "The `id` of the last event that is known: what follows comes."),
        ],
        "responses": {
            "200": binary("The events.", "text/event-stream"),
            "204": answer("The job has ended, and all of it is known."),
            **problems(s404=UNKNOWN, s503=NO_QUEUE),
        },
    }


def _delete() -> Piece:
    return {
        "operationId": "deleteJob",
        "summary": "Remove a job in any state, with its video and its frames",
        "tags": ["jobs"],
        "parameters": [JOB_ID],
        "responses": {"204": answer("It is gone."), **problems(s404=UNKNOWN, s503=NO_QUEUE)},
    }


def _frame() -> Piece:
    missing = "There is no such frame: its shot is not cut yet, or the job is gone."
    return {
        "operationId": "showFrame",
        "summary": "Send one of the eight frames of a shot",
        "tags": ["media"],
        "parameters": [JOB_ID, SHOT, FRAME],
        "responses": {
            "200": binary("The frame, which never changes.", "image/jpeg"),
            "304": answer("It is known already."),
            **problems(s404=missing),
        },
    }


def _camera() -> Piece:
    step = {"seconds": 0.12, "dx": -0.01, "dy": 0.0, "log_scale": 0.002, "rotation": 0.0, "inliers": 0.93}
    return {
        "operationId": "showCamera",
        "summary": "Tell how the camera moves in a shot",
        "description": (
            "How the picture moved, about an eighth of a second at a time; the camera moves opposite to it. A shot "
            "with edited bounds has those intervals of the found shots that lie within them."
        ),
        "tags": ["jobs"],
        "parameters": [JOB_ID, SHOT, header("If-None-Match", "The ETag of a finished job that is known already.")],
        "responses": {
            "200": answer("The path.", "CameraPathResult", {"ETag": sent("Of a finished job.")}, example=[step]),
            "304": answer("It is known already."),
            **problems(s404="There is no such shot: it is not cut yet, or the video has fewer.", s503=NO_QUEUE),
        },
    }


def _video() -> Piece:
    ranges = {"Content-Range": sent("Which bytes of how many."), "Accept-Ranges": sent("`bytes`.")}
    return {
        "operationId": "showVideo",
        "summary": "Send the video as it was uploaded",
        "tags": ["media"],
        "parameters": [
            JOB_ID,
            header("Range", "`bytes=a-b`: a part of it.", pattern="^bytes=([0-9]{1,12}-[0-9]{0,12}|-[0-9]{1,12})$"),
        ],
        "responses": {
            "200": binary("The whole video.", "*/*"),
            "206": binary("A part of it.", "*/*", ranges),
            "304": answer("It is known already."),
            **problems(
                s404="The video of this job is not stored any more.",
                s416="The video has no such range of bytes; its size is in the header Content-Range.",
                s503=NO_QUEUE,
            ),
        },
    }


EXAMPLE: Piece = {
    "id": "74d07287feeeab2c563d7195",
    "state": "done",
    "progress": 1.0,
    "error": None,
    "warning": None,
    "filename": "ad.mp4",
    "options": {"detector": None, "min_shot": None},
    "video": {"duration": 2.0, "fps": 25.0, "width": 960, "height": 540, "frames": 50},
    "model": {"name": "shotlens-5", "sha256": "ed1fa4a4" + 56 * "0"},
    "shots": [
        {
            "index": 0,
            "start_frame": 0,
            "end_frame": 50,
            "start": 0.0,
            "end": 2.0,
            "start_timecode": "00:00:00:00",
            "end_timecode": "00:00:02:00",
            "transition": "cut",
            "movement": {
                "label": "static",
                "confidence": 0.96,
                "uncertain": False,
                "probabilities": {"static": 0.96, "motion": 0.02, "push": 0.01, "pull": 0.01},
            },
            "scale": {
                "label": "FS",
                "confidence": 0.93,
                "uncertain": False,
                "probabilities": {"ECS": 0.01, "CS": 0.0, "MS": 0.01, "FS": 0.93, "LS": 0.05},
            },
            "corrected": None,
            "edited": False,
            "frames": [f"/jobs/74d07287feeeab2c563d7195/shots/0/frames/{k}.jpg" for k in range(8)],
        }
    ],
    "summary": {"shots": 1, "average_shot_length": 2.0, "scale": {"FS": 1}, "movement": {"static": 1}},
}

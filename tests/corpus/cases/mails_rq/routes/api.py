import json

from flask import Blueprint, jsonify, request, session
from redis import Redis
from rq import Queue

from settings import REDIS_URL
from tools.checked import whole
from tools.logs import get_log

log = get_log(__name__)

api = Blueprint("api", __name__)


@api.route("/api/gains")
def gains_of_days():
    try:
        from tools.counts import gains

        return jsonify(gains(whole("days")))
    except ValueError as error:
        log.warning(f"not valid: {error}")
        return jsonify({"status": "error", "message": str(error)}), 400


@api.route("/api/chart")
def chart_of_days():
    try:
        from tools.checked import text
        from tools.counts import chart

        days = whole("days")
        kind = text("type", default="time", pattern=r"^(time|gains)$")
        return jsonify(chart(days) if kind == "time" else {"labels": [], "datasets": []})
    except ValueError as error:
        log.warning(f"not valid: {error}")
        return jsonify({"labels": [], "message": str(error)}), 400
    except Exception as error:
        log.error(f"no chart: {error}")
        return jsonify({"labels": [], "message": str(error)}), 500


@api.route("/api/sent", methods=["POST"])
def mail_sent():
    if "credentials" not in session:
        return jsonify({"status": "error"}), 401
    data = request.get_json() or {}
    if not data.get("id"):
        return jsonify({"status": "error"}), 400
    try:
        connection = Redis.from_url(REDIS_URL)
        connection.ping()
        queue = Queue(connection=connection)

        from tasks.mails import sent

        job = queue.enqueue(sent, session["credentials"], data["id"], job_timeout=900)
        return jsonify({"status": "started", "job": job.get_id()}), 202
    except Exception as error:
        return jsonify({"status": "error", "message": str(error)}), 500


@api.route("/api/credentials", methods=["POST"])
def keep_credentials():
    if "credentials" not in session:
        return jsonify({"status": "error"}), 401
    from decouple import config

    path = config("CREDENTIALS", default="credentials.json")
    if not json.loads(session["credentials"]).get("refresh_token"):
        return jsonify({"status": "error"}), 400
    with open(path, "w") as file:
        file.write(session["credentials"])
    log.info(f"in {path}")
    return jsonify({"status": "success", "path": path})

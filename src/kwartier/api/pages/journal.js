"use strict";

const form = document.getElementById("sign-in");
const said = document.getElementById("said");
const rows = document.getElementById("entries");

function cell(text, kind) {
  const made = document.createElement("td");
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function details(entry) {
  const { request, response } = entry;
  const made = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = `${request.method} ${request.path}${request.query ? "?" + request.query : ""}`;
  const told = document.createElement("pre");
  told.textContent = JSON.stringify(
    { correlationId: entry.correlationId, at: entry.at, request, response }, null, 2);
  made.append(summary, told);
  return made;
}

function row(entry) {
  const made = document.createElement("tr");
  const request = cell("", "request");
  request.append(details(entry));
  made.append(
    cell(entry.number, "number"),
    cell(entry.clock, "moment"),
    request,
    cell(entry.response.status ?? "cut", entry.response.status < 400 ? "number" : "number bad"),
    cell(entry.response.body.size, "number"),
    cell(entry.durationMs, "number"),
    cell(entry.fault ?? "", "number"));
  return made;
}

async function token(fields) {
  const answer = await fetch(form.dataset.tokenEndpoint, {
    method: "POST",
    credentials: "omit",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      scope: form.dataset.scope,
      client_id: fields.get("client_id"),
      client_secret: fields.get("client_secret"),
    }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error_description ?? body.Message);
  return body.access_token;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  said.textContent = "One moment …";
  try {
    const fields = new FormData(form);
    const answer = await fetch("journal?limit=1000", {
      headers: {
        "Authorization": `Bearer ${await token(fields)}`,
        "Subscription-Key": fields.get("subscription_key"),
      },
    });
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.Message);
    const entries = body.data.entries.reverse();
    rows.replaceChildren(...entries.map(row));
    rows.closest("table").hidden = entries.length === 0;
    said.textContent = entries.length ? `${entries.length} requests, the newest first.` : "No requests yet.";
  } catch (error) {
    said.textContent = `That did not work: ${error.message}`;
  }
});

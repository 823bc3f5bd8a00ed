// One request of the grid, and what its answer says.
const TIMEOUT = 20_000;
const USABLE = [200, 409, 422];
const PROBLEMS = {
  403: "You may not set this target.",
  404: "This person or channel is not there any more.",
};

// -> { status, markup, changes, problem }; status 0 where no usable answer came
export async function post(url, fields, form) {
  const body = new URLSearchParams(fields);
  const headers = { "X-CSRFToken": token(form), "HX-Request": "true", "HX-Target": "cell-saved" };
  const nothing = { status: 0, markup: document.createDocumentFragment(), changes: [] };
  try {
    const signal = AbortSignal.timeout(TIMEOUT);
    const response = await fetch(url, { method: "POST", body, headers, signal, keepalive: true });
    if (response.headers.has("HX-Redirect") || response.redirected) {
      return { ...nothing, problem: "You are signed out. Sign in in another tab, then retry." };
    }
    if (!USABLE.includes(response.status)) {
      return { ...nothing, problem: PROBLEMS[response.status] ?? "The server could not save it." };
    }
    const template = document.createElement("template");
    template.innerHTML = await response.text();
    const held = template.content.querySelector("data.changes");
    held?.remove();
    return { status: response.status, markup: template.content, changes: JSON.parse(held?.value ?? "[]") };
  } catch {
    return { ...nothing, problem: "No connection." };
  }
}

// The cookie is renewed by a sign-in in another tab, the form's field is not.
function token(form) {
  const cookie = document.cookie.split("; ").find((entry) => entry.startsWith("csrftoken="));
  return cookie ? cookie.slice("csrftoken=".length) : form.elements.csrfmiddlewaretoken.value;
}

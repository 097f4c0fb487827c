// Nothing is fetched from, or sent to, another host.
Scalar.createApiReference('#contract', {
  url: 'openapi.yaml',
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
  persistAuth: false
})

<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<!-- Why there is no answer, for programs that asked for XML (RFC 9457, appendix B). -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns="urn:ietf:rfc:7807">
  <xsl:output method="xml" encoding="UTF-8"/>

  <xsl:template match="/page">
    <problem>
      <type>about:blank</type>
      <title><xsl:value-of select="@title"/></title>
      <status><xsl:value-of select="@status"/></status>
      <xsl:if test="@refusal != ''"><reason><xsl:value-of select="@refusal"/></reason></xsl:if>
      <xsl:if test="@price-cents"><price_cents><xsl:value-of select="@price-cents"/></price_cents></xsl:if>
    </problem>
  </xsl:template>
</xsl:stylesheet>
